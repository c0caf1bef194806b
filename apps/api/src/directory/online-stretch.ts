import { setImmediate as nextTurn } from 'node:timers/promises'

import type { Person } from '@rollcall/presence'
import { foldName } from '@rollcall/protocol'

import type { OnlinePeople } from './online-people.ts'

/** How many names are looked through in one turn of the event loop. */
const IN_A_TURN = 2000

interface OnlineStretch {
  /** A part of the key, or null for everybody. */
  readonly part: string | null
  /** The key behind which it begins, or the rank at which. */
  readonly start: { readonly behind: string } | { readonly at: number }
  readonly limit: number
}

/** People who are online in name order, and the folded name behind which the list goes on. The database is not asked. */
export async function onlineStretch(
  online: OnlinePeople,
  { part, start, limit }: OnlineStretch,
): Promise<{ people: Person[]; next: string | null }> {
  const people: Person[] = []
  const step = part === null ? limit + 1 : IN_A_TURN
  let skip = 0
  let rank: number
  if ('behind' in start) rank = online.rankOf(`${start.behind}\0`)
  else if (part === null) rank = start.at
  else [rank, skip] = [0, start.at]

  for (;;) {
    const some = online.slice(rank, step)
    for (const { id, name, key } of some) {
      if ((part !== null && !key.includes(part)) || !online.isOnline(id) || skip-- > 0) continue
      const last = people.at(-1)
      if (people.length === limit) return { people, next: last === undefined ? null : foldName(last.name) }
      people.push({ id, name })
    }
    const last = some.at(-1)
    if (last === undefined || some.length < step) return { people, next: null }
    await nextTurn()
    rank = online.rankOf(`${last.key}\0`)
  }
}
