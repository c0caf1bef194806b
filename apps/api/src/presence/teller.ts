import { Groups, Tick } from '@rollcall/presence'
import type {
  AccountChange,
  Backlog,
  Net,
  NetChange,
  Pace,
  Stretch,
  Told,
  Truth,
  UserId,
  Watches,
} from '@rollcall/presence'
import type { Counts } from '@rollcall/protocol'

import type { Answers } from './answers.ts'
import type { Socket } from './socket.ts'
import { changeText, directoryFrame, presenceFrame } from './wire.ts'
import type { Frame } from './wire.ts'

export interface TellerOptions {
  readonly truth: Truth
  readonly told: Told
  readonly watches: Watches<Socket>
  readonly backlog: Backlog
  readonly pace: Pace
  readonly answers: Answers
  readonly counts: () => Counts
  readonly beat: () => number
  readonly now: () => number
}

/** So long, ms, a telling runs before whatever else waits has its turn. */
const SLICE_MS = 20
/** So many sockets are written to, or changes looked up, between two looks at the clock. */
const STEP = 64

/**
 * Ticks to frames to sockets: gathers who changed, flushes at the pace, and writes one frame to all who hear of the same changes. While a
 * telling runs, in slices, no other begins.
 */
export class Teller {
  readonly #options: TellerOptions
  readonly #tick = new Tick()
  #work: Generator<void>[] = []
  #workedMs = 0
  /** When the telling that runs was flushed, if it has something to tell. */
  #flushedAt: number | null = null
  /** How many changes it tells. */
  #changes = 0
  /** Calls off the flush that is to come. */
  #cancel: (() => void) | null = null
  #isStopped = false
  /** Drained sockets that catch up with the next flush. */
  readonly #deferred = new Set<Socket>()

  constructor(options: TellerOptions) {
    this.#options = options
  }

  changed(ids: Iterable<UserId>): void {
    this.#tick.changed(ids)
    this.#schedule()
  }

  accounts(changes: readonly AccountChange[]): void {
    this.#tick.account(changes)
    this.#schedule()
  }

  /** Something to be done for many sockets, a slice at a time. */
  forEach(sockets: readonly Socket[], act: (socket: Socket) => void): void {
    this.#begin(each(sockets, act))
  }

  /** Tells at once what is gathered, where that is cheap: somebody asks how things stand. */
  hurry(): void {
    const { pace, now } = this.#options
    if (this.#cancel === null || this.#work.length > 0 || !pace.mayHurry(now())) return
    this.#cancel()
    this.#cancel = null
    this.#flush()
  }

  /** In a storm, a socket that has drained gets one frame when the next flush may be, not one more before it. */
  defer(socket: Socket): boolean {
    const { pace, now } = this.#options
    if (!pace.isStorm(now()) || pace.due(now()) <= now()) return false
    this.#deferred.add(socket)
    this.#schedule()
    return true
  }

  closed(socket: Socket): void {
    this.#deferred.delete(socket)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.#work = []
  }

  #schedule(): void {
    if (this.#cancel !== null || this.#work.length > 0 || this.#isStopped) return
    if (this.#tick.isEmpty && this.#deferred.size === 0) return
    const { pace, now } = this.#options
    const at = now()
    const wait = Math.ceil(pace.due(at) - at)
    const due = () => this.#due()
    if (wait > 0) {
      const timer = setTimeout(due, wait)
      this.#cancel = () => clearTimeout(timer)
    } else {
      const immediate = setImmediate(due)
      this.#cancel = () => clearImmediate(immediate)
    }
  }

  #due(): void {
    this.#cancel = null
    const { pace, now } = this.#options
    // A storm may have begun meanwhile.
    if (pace.due(now()) > now()) this.#schedule()
    else this.#flush()
  }

  #flush(): void {
    const { told, truth, backlog, answers, now } = this.#options
    const at = now()
    const net = this.#tick.flush(told, truth)
    this.#changes = net.changes.length + net.accounts.length
    if (this.#changes > 0 || net.removals.length > 0) {
      backlog.add(net)
      answers.flushed()
      this.#flushedAt = at
    }
    if (this.#deferred.size > 0) this.#flushedAt = at
    this.#workedMs = now() - at
    this.#begin(this.#telling(net, backlog.version))
  }

  #begin(work: Generator<void>): void {
    this.#work.push(work)
    if (this.#work.length === 1) this.#run()
  }

  #run(): void {
    const { now, pace } = this.#options
    const began = now()
    for (let work = this.#work[0]; work !== undefined; work = this.#work[0]) {
      if (work.next().done === true) this.#work.shift()
      else if (now() - began > SLICE_MS) break
    }
    this.#workedMs += now() - began
    if (this.#isStopped) return
    if (this.#work.length > 0) {
      setImmediate(() => this.#run())
      return
    }
    if (this.#flushedAt !== null) {
      pace.flushed(this.#flushedAt, this.#workedMs, this.#changes)
    }
    this.#flushedAt = null
    this.#workedMs = 0
    this.#schedule()
  }

  /** Yields now and then, so that others have their turn. */
  *#telling(net: Net, version: number): Generator<void> {
    const { watches, answers, counts } = this.#options
    if (net.accounts.length > 0)
      yield* this.#tell(watches.all, directoryFrame(net.accounts, counts()), version)
    yield* this.#tellRemovals(net, version)
    yield* this.#tellChanges(net.changes, version)
    yield* this.#renewStretches(net)
    const deferred = [...this.#deferred]
    this.#deferred.clear()
    yield* each(deferred, (socket) => answers.pump(socket))
  }

  *#tellRemovals({ removals }: Net, version: number): Generator<void> {
    if (removals.length === 0) return
    const { watches, counts } = this.#options
    const groups = yield* this.#group(removals)
    for (const { id } of removals) watches.forget(id)
    for (const { entries, watchers } of groups.all()) {
      yield* this.#tell(watchers, directoryFrame(pick(removals, entries), counts()), version)
    }
  }

  *#tellChanges(changes: readonly NetChange[], version: number): Generator<void> {
    if (changes.length === 0) return
    const { watches, counts } = this.#options
    const texts = changes.map(changeText)
    if (watches.all.size > 0) yield* this.#tell(watches.all, presenceFrame(texts, counts()), version)
    const groups = yield* this.#group(changes)
    for (const { entries, watchers } of groups.all()) {
      yield* this.#tell(watchers, presenceFrame(pick(texts, entries), counts()), version)
    }
  }

  /** Who watches one of these users, or a stretch that he is in. */
  *#group(users: readonly { id: UserId; key: string | null }[]): Generator<void, Groups<Socket>> {
    const { watches } = this.#options
    const groups = new Groups<Socket>()
    for (const [entry, { id, key }] of users.entries()) {
      for (const socket of watches.ofUser(id)) groups.add(socket, entry)
      for (const stretch of key === null ? [] : watches.stretchesAt(key)) {
        for (const socket of stretch.watchers) groups.add(socket, entry)
      }
      if ((entry + 1) % STEP === 0) yield
    }
    return groups
  }

  /** A stretch in which more than twice as many are online as were asked for ends earlier from now on. */
  *#renewStretches({ changes }: Net): Generator<void> {
    const { watches, told, answers } = this.#options
    const grown = new Set<Stretch<Socket>>()
    for (const { online, key } of changes) {
      if (online) for (const stretch of watches.stretchesAt(key)) grown.add(stretch)
    }
    for (const { fromKey, toKey, limit, watchers } of grown) {
      if (told.countBetween(fromKey, toKey) <= 2 * limit) continue
      yield* each([...watchers], (socket) => answers.renewStretch(socket))
    }
  }

  #tell(sockets: Iterable<Socket>, frame: Frame, version: number): Generator<void> {
    const { answers, beat } = this.#options
    return each([...sockets], (socket) => {
      // It has closed, its snapshot has this already, or it will catch up.
      if (!socket.isOpen || socket.since >= version || socket.behind >= 0) return
      if (socket.isSlow) {
        socket.behind = version - 1
        answers.awaitDrain(socket)
      } else {
        socket.write(frame, beat())
      }
    })
  }
}

function* each(sockets: readonly Socket[], act: (socket: Socket) => void): Generator<void> {
  let steps = 0
  for (const socket of sockets) {
    act(socket)
    if (++steps % STEP === 0) yield
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
