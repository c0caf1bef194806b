import { COHORTS, Cohorts, Groups, Tick } from '@rollcall/presence'
import type {
  AccountChange,
  Backlog,
  Behind,
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
const NOTHING: Net = { changes: [], accounts: [], removals: [] }

/** What cohorts are told that have been told the same before. */
interface Telling extends Behind {
  readonly changes: readonly NetChange[]
}

/**
 * Ticks to frames to sockets: gathers who changed, flushes at the pace, and writes one frame to all who hear of the same changes; to one
 * cohort of the sockets at a time where that is better. While a telling runs, in slices, no other begins.
 */
export class Teller {
  readonly #options: TellerOptions
  readonly #tick = new Tick()
  readonly #cohorts = new Cohorts()
  #work: Generator<void>[] = []
  #workedMs = 0
  /** When the telling that runs was flushed, if it has something to tell. */
  #flushedAt: number | null = null
  /** How many changes it tells, and to which share of the sockets. */
  #changes = 0
  #share = 1
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
    const { backlog, pace, now } = this.#options
    if (this.#tick.isEmpty && this.#deferred.size === 0 && this.#cohorts.isLevel(backlog.version)) return
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
    const { told, truth, backlog, answers, pace, now } = this.#options
    const at = now()
    const { isSmall } = this.#tick
    // Accounts are told to all at once, after all that was before.
    const isLate = !isSmall && !this.#cohorts.isLevel(backlog.version)
    const isInTurns = isSmall && pace.isInTurns(at)
    const net: Net = isLate ? NOTHING : this.#tick.flush(told, truth)
    this.#changes = net.changes.length + net.accounts.length
    const before = backlog.version
    if (this.#changes > 0 || net.removals.length > 0) {
      backlog.add(net)
      answers.flushed()
    }
    const { version } = backlog
    const behind = isInTurns ? this.#cohorts.next(version) : this.#cohorts.all(version)
    const tellings = behind.map((cohorts) => ({
      ...cohorts,
      // A flush of very many changes is not kept in the backlog.
      changes: cohorts.version === before ? net.changes : this.#missed(cohorts.version),
    }))
    this.#share =
      Math.max(
        1,
        tellings.reduce((sum, { cohorts: told }) => sum + told.size, 0),
      ) / COHORTS
    // What was late does not make wait what comes after it.
    if (!isLate && (tellings.length > 0 || this.#deferred.size > 0)) this.#flushedAt = at
    this.#workedMs = now() - at
    this.#begin(this.#telling(net, tellings))
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
      pace.flushed(this.#flushedAt, this.#workedMs, this.#changes, this.#share)
    }
    this.#flushedAt = null
    this.#workedMs = 0
    this.#schedule()
  }

  #missed(version: number): readonly NetChange[] {
    const changes = this.#options.backlog.since(version)
    if (changes === null) throw new Error('a cohort is further behind than the backlog reaches')
    return changes
  }

  /** Yields now and then, so that others have their turn. */
  *#telling(net: Net, tellings: readonly Telling[]): Generator<void> {
    const { watches, answers, counts } = this.#options
    for (const telling of tellings) {
      // Where there are accounts, there is one telling, and it is for all.
      if (net.accounts.length > 0)
        yield* this.#tell(watches.all, directoryFrame(net.accounts, counts()), telling)
      yield* this.#tellRemovals(net, telling)
      yield* this.#tellChanges(telling)
      yield* this.#renewStretches(telling)
    }
    const deferred = [...this.#deferred]
    this.#deferred.clear()
    yield* each(deferred, (socket) => answers.pump(socket))
  }

  *#tellRemovals({ removals }: Net, telling: Telling): Generator<void> {
    if (removals.length === 0) return
    const { watches, counts } = this.#options
    const groups = yield* this.#group(removals, telling)
    for (const { id } of removals) watches.forget(id)
    for (const { entries, watchers } of groups.all()) {
      yield* this.#tell(watchers, directoryFrame(pick(removals, entries), counts()), telling)
    }
  }

  *#tellChanges(telling: Telling): Generator<void> {
    const { changes, cohorts } = telling
    if (changes.length === 0) return
    const { watches, counts } = this.#options
    const texts = changes.map(changeText)
    const all = [...among(cohorts, watches.all)]
    if (all.length > 0) yield* this.#tell(all, presenceFrame(texts, counts()), telling)
    const groups = yield* this.#group(changes, telling)
    for (const { entries, watchers } of groups.all()) {
      yield* this.#tell(watchers, presenceFrame(pick(texts, entries), counts()), telling)
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
      for (const socket of among(cohorts, watches.ofUser(id))) groups.add(socket, entry)
      for (const stretch of key === null ? [] : watches.stretchesAt(key)) {
        for (const socket of among(cohorts, stretch.watchers)) groups.add(socket, entry)
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
      yield* each([...among(cohorts, watchers)], (socket) => answers.renewStretch(socket))
    }
  }

  /** All of them are of its cohorts. */
  #tell(sockets: Iterable<Socket>, frame: Frame, { version }: Telling): Generator<void> {
    const { answers, backlog, beat } = this.#options
    return each([...sockets], (socket) => {
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

function among(cohorts: ReadonlySet<number>, sockets: Iterable<Socket>): Iterable<Socket> {
  return cohorts.size === COHORTS ? sockets : [...sockets].filter(({ cohort }) => cohorts.has(cohort))
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
