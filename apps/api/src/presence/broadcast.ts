import { Groups } from '@rollcall/presence'
import type { Backlog, Behind, Net, NetChange, Stretch, Told, UserId, Watches } from '@rollcall/presence'
import type { Counts } from '@rollcall/protocol'

import type { Answers } from './answers.ts'
import type { Socket } from './socket.ts'
import { changeText, directoryFrame, presenceFrame } from './wire.ts'
import type { Frame } from './wire.ts'

export interface BroadcastOptions {
  readonly told: Told
  readonly watches: Watches<Socket>
  readonly backlog: Backlog
  readonly answers: Answers
  readonly counts: () => Counts
  readonly beat: () => number
}

/** What cohorts are told that have been told the same before. */
export interface Telling extends Behind {
  readonly changes: readonly NetChange[]
}

/** So many sockets are written to, or changes looked up, before others may have their turn. */
const STEP = 64

/** A flush to the sockets: one frame to all who hear of the same. It yields now and then, so that others have their turn. */
export class Broadcast {
  readonly #options: BroadcastOptions

  constructor(options: BroadcastOptions) {
    this.#options = options
  }

  *tell(net: Net, tellings: readonly Telling[]): Generator<void> {
    const { watches, counts } = this.#options
    for (const telling of tellings) {
      // Where there are accounts, there is one telling, and it is for all.
      if (net.accounts.length > 0)
        yield* this.#write(watches.all, directoryFrame(net.accounts, counts()), telling)
      yield* this.#tellRemovals(net, telling)
      yield* this.#tellChanges(telling)
      yield* this.#renewStretches(telling)
    }
  }

  *#tellRemovals({ removals }: Net, telling: Telling): Generator<void> {
    if (removals.length === 0) return
    const { watches, counts } = this.#options
    const groups = yield* this.#group(removals, telling)
    for (const { id } of removals) watches.forget(id)
    for (const { entries, watchers } of groups.all()) {
      yield* this.#write(watchers, directoryFrame(pick(removals, entries), counts()), telling)
    }
  }

  *#tellChanges(telling: Telling): Generator<void> {
    const { changes, cohorts } = telling
    if (changes.length === 0) return
    const { watches, counts } = this.#options
    const texts = changes.map(changeText)
    const all = [...watches.all].filter(({ cohort }) => cohorts.has(cohort))
    if (all.length > 0) yield* this.#write(all, presenceFrame(texts, counts()), telling)
    const groups = yield* this.#group(changes, telling)
    for (const { entries, watchers } of groups.all()) {
      yield* this.#write(watchers, presenceFrame(pick(texts, entries), counts()), telling)
    }
  }

  /** Who watches one of these users, or a stretch that he is in. */
  *#group(
    users: readonly { id: UserId; key: string | null }[],
    { cohorts }: Telling,
  ): Generator<void, Groups<Socket>> {
    const { watches } = this.#options
    const groups = new Groups<Socket>()
    for (const [entry, { id, key }] of users.entries()) {
      for (const socket of watches.ofUser(id)) if (cohorts.has(socket.cohort)) groups.add(socket, entry)
      for (const stretch of key === null ? [] : watches.stretchesAt(key)) {
        for (const socket of stretch.watchers) if (cohorts.has(socket.cohort)) groups.add(socket, entry)
      }
      if ((entry + 1) % STEP === 0) yield
    }
    return groups
  }

  /** A stretch in which more than twice as many are online as were asked for ends earlier from now on. */
  *#renewStretches({ changes, cohorts }: Telling): Generator<void> {
    const { watches, told, answers } = this.#options
    const grown = new Set<Stretch<Socket>>()
    for (const { online, key } of changes) {
      if (online) for (const stretch of watches.stretchesAt(key)) grown.add(stretch)
    }
    for (const { fromKey, toKey, limit, watchers } of grown) {
      if (told.countBetween(fromKey, toKey) <= 2 * limit) continue
      const own = [...watchers].filter(({ cohort }) => cohorts.has(cohort))
      yield* each(own, (socket) => answers.renewStretch(socket))
    }
  }

  /** All of them are of its cohorts. */
  #write(sockets: Iterable<Socket>, frame: Frame, { version }: Telling): Generator<void> {
    const { answers, backlog, beat } = this.#options
    return each(sockets, (socket) => {
      // It has closed, its snapshot has this already, or it will catch up.
      if (!socket.isOpen || socket.since >= backlog.version || socket.behind >= 0) return
      if (socket.since > version) {
        // Its snapshot has some of this: it is told the rest.
        socket.behind = socket.since
        answers.pump(socket)
      } else if (socket.isSlow) {
        socket.behind = version
        answers.awaitDrain(socket)
      } else {
        socket.write(frame, beat())
      }
    })
  }
}

/** Of those who are there when it begins. */
export function* each(sockets: Iterable<Socket>, act: (socket: Socket) => void): Generator<void> {
  const there = [...sockets]
  for (const [index, socket] of there.entries()) {
    act(socket)
    if ((index + 1) % STEP === 0) yield
  }
}

function pick<T>(list: readonly T[], entries: readonly number[]): T[] {
  const picked: T[] = []
  for (const entry of entries) {
    const item = list[entry]
    if (item !== undefined) picked.push(item)
  }
  return picked
}
