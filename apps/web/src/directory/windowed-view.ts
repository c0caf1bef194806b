import type { Counts, UserPresence, Window } from '@rollcall/protocol'

import type { OfflineRun } from './offline-run.ts'
import { keyOf, personRow } from './rows.ts'
import type { ListView, Row } from './rows.ts'

/** A browser cannot lay out a higher list; who is beyond is found by search. */
const MOST_ROWS = 250_000

export interface WindowedView extends ListView {
  /** Ranks, among those who are online but me, that these rows need; undefined for none. */
  onlineIn(first: number, last: number): Span | undefined
  /** Ranks among those who are offline. */
  offlineIn(first: number, last: number): Span | undefined
  /** Ranks of those online whom we know. */
  readonly known: Span
}

/** From a rank up to, not with, another. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The whole of a large directory, of which a stretch of those online and a run of the others are known. */
export function windowedView(source: {
  me: UserPresence
  counts: Counts
  /** Online users in name order: the watched stretch. */
  online: readonly UserPresence[]
  window: Window | undefined
  run: OfflineRun
}): WindowedView {
  const { me, counts, window, run } = source
  const others = source.online.filter(({ id }) => id !== me.id)
  const counted = me.status === 'online' ? 1 : 0
  const before = others.length === 0 && window === undefined ? 0 : ranksBefore(window, me)
  const here = window?.to === null ? before + others.length : Math.max(0, counts.online - counted)
  const away =
    run.next === null
      ? run.start + run.people.length
      : Math.max(0, counts.total - counts.online - (1 - counted))
  const heading = 1 + here
  const size = Math.min(MOST_ROWS, 1 + here + (away > 0 ? 1 + away : 0))

  const rowAt = (index: number): Row => {
    if (index === 0) return personRow(me, 1)
    if (index === heading) return { kind: 'heading', key: 'offline', count: away }
    const user = index < heading ? others[index - 1 - before] : run.people[index - heading - 1 - run.start]
    const position = index < heading ? index + 1 : index
    return user === undefined ? { kind: 'gap', key: `gap-${index}`, position } : personRow(user, position)
  }
  return {
    size,
    people: 1 + here + away,
    online: counts.online,
    rowAt,
    known: { from: before, to: before + others.length },
    onlineIn: (first, last) => span(first - 1, last, 0, here),
    offlineIn: (first, last) => span(first - heading - 1, last - heading, 0, away),
  }
}

function ranksBefore(window: Window | undefined, me: UserPresence): number {
  if (window === undefined) return 0
  const meBefore = me.status === 'online' && window.from !== null && keyOf(me.username) < keyOf(window.from)
  return Math.max(0, window.before - (meBefore ? 1 : 0))
}

function span(from: number, to: number, least: number, most: number): Span | undefined {
  const clipped = { from: Math.max(least, from), to: Math.min(most, to) }
  return clipped.from < clipped.to ? clipped : undefined
}
