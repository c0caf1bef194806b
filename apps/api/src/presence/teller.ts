import { COHORTS, Cohorts, Tick } from '@rollcall/presence'
import type { AccountChange, Net, NetChange, Pace, Truth, UserId } from '@rollcall/presence'

import { Broadcast, each } from './broadcast.ts'
import type { BroadcastOptions } from './broadcast.ts'
import type { Socket } from './socket.ts'

export interface TellerOptions extends BroadcastOptions {
  readonly truth: Truth
  readonly pace: Pace
  readonly now: () => number
}

/** So long, ms, a telling runs before whatever else waits has its turn. */
const SLICE_MS = 20
const NOTHING: Net = { changes: [], accounts: [], removals: [] }

/** A flush that tells something. */
interface Flush {
  readonly at: number
  /** How many changes it tells, and to which share of the sockets. */
  readonly changes: number
  readonly share: number
}

/**
 * When what is told: gathers who changed, and flushes at the pace, to one cohort of the sockets at a time where that is better. While a
 * telling runs, in slices, no other begins.
 */
export class Teller {
  readonly #options: TellerOptions
  readonly #tick = new Tick()
  readonly #cohorts = new Cohorts()
  readonly #broadcast: Broadcast
  #work: Generator<void>[] = []
  #workedMs = 0
  /** Whose telling runs. */
  #flushed: Flush | null = null
  /** Calls off the flush that is to come. */
  #cancel: (() => void) | null = null
  #isStopped = false
  /** Drained sockets that catch up with the next flush. */
  readonly #deferred = new Set<Socket>()

  constructor(options: TellerOptions) {
    this.#options = options
    this.#broadcast = new Broadcast(options)
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
    this.#cancel = null
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
    const changes = net.changes.length + net.accounts.length
    const before = backlog.version
    if (changes > 0 || net.removals.length > 0) {
      backlog.add(net)
      answers.flushed()
    }
    const { version } = backlog
    const behind = isInTurns ? this.#cohorts.next(version) : this.#cohorts.all(version)
    const tellings = behind.map((some) => ({
      ...some,
      // A flush of very many changes is not kept in the backlog.
      changes: some.version === before ? net.changes : this.#missed(some.version),
    }))
    const share = behind.reduce((sum, { cohorts }) => sum + cohorts.size, 0) / COHORTS
    // What was late does not make wait what comes after it.
    if (!isLate && (share > 0 || this.#deferred.size > 0)) this.#flushed = { at, changes, share }
    this.#workedMs = now() - at
    this.#begin(this.#broadcast.tell(net, tellings), this.#pumpDeferred())
  }

  #begin(...work: Generator<void>[]): void {
    this.#work.push(...work)
    if (this.#work.length === work.length) this.#run()
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
    if (this.#flushed !== null) {
      const { at, changes, share } = this.#flushed
      pace.flushed(at, this.#workedMs, changes, share)
    }
    this.#flushed = null
    this.#workedMs = 0
    this.#schedule()
  }

  #missed(version: number): readonly NetChange[] {
    const changes = this.#options.backlog.since(version)
    if (changes === null) throw new Error('a cohort is further behind than the backlog reaches')
    return changes
  }

  *#pumpDeferred(): Generator<void> {
    const deferred = [...this.#deferred]
    this.#deferred.clear()
    yield* each(deferred, (socket) => this.#options.answers.pump(socket))
  }
}
