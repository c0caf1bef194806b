import {
  ask,
  Member,
  type Answer,
  type Call,
  type Freshness,
  type MemberEvents,
  type Person,
  type PresenceStore,
  type SessionId,
  type StoreListener,
  type UserId,
} from '@rollcall/presence'
import type { BaseLogger } from 'pino'

import { newId } from '../platform/new-id.ts'
import type { PresenceEvents } from './presence-events.ts'

export interface PresenceNodeOptions {
  readonly store: PresenceStore
  readonly leaseMs: number
  readonly graceMs: number
  /** False on the memory store: nobody else is there, nothing to wait for. */
  readonly shared: boolean
  readonly events: PresenceEvents
  readonly log: Pick<BaseLogger, 'info' | 'warn'>
}

/** Over this time the sockets of a draining process are closed, ms. */
const SPREAD_MS = 2_000
/** A process that cannot say good-bye leaves this long after the last hand-over should have ended; others bury it (P6). */
const FAREWELL_MS = 1_000

/** This process's part in presence: a {@link Member} with a clock, timers and a store. */
export class PresenceNode {
  readonly ready: Promise<void>
  readonly #options: PresenceNodeOptions
  readonly #member: Member
  readonly #listener: StoreListener
  #becomeReady: () => void = () => {}
  #timer: NodeJS.Timeout | undefined
  /** When the next step is planned for, ms. */
  #stepAt = Infinity
  #pumping = false
  #waking = false
  #stopped = false
  #storeAnswers = true
  #leftWaiters: (() => void)[] = []

  constructor(options: PresenceNodeOptions) {
    this.#options = options
    const { leaseMs, graceMs, shared } = options
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve
    })
    this.#member = new Member({
      leaseMs,
      graceMs,
      shared,
      newId,
      events: this.#memberEvents(),
      now: performance.now(),
    })
    this.#listener = {
      entry: (entry) => this.#told((now) => this.#member.heard(entry, now)),
      probe: (token) => this.#told((now) => this.#member.probed(token, now)),
      subscribed: () => this.#told((now) => this.#member.subscribed(now)),
      unsubscribed: () => this.#told((now) => this.#member.unsubscribed(now)),
    }
  }

  get state(): 'starting' | 'ready' | 'draining' {
    return this.#member.state
  }

  get freshness(): Freshness {
    const { state, since } = this.#member.freshness
    return { state, since: toWallTime(since) }
  }

  get redis(): 'up' | 'down' | 'unused' {
    if (!this.#options.shared) return 'unused'
    return this.#member.linkIsUp ? 'up' : 'down'
  }

  get onlineCount(): number {
    return this.#member.shown.count
  }

  /** Notices to other processes that were dropped, oldest first, because too many waited for the store. */
  get droppedNotices(): number {
    return this.#member.droppedNotices
  }

  /** Joins the others. Returns after the first attempt; `state` and `ready` say when this process knows who is online. */
  async start(): Promise<void> {
    // The time since it was made, in which the database was waited for, is no sleep: it held nobody.
    const now = performance.now()
    this.#member.step(now)
    this.#member.awake(now)
    if (!this.#options.shared) {
      this.#pump()
      return await this.ready
    }
    this.#planStep(now)
    await Promise.all(this.#member.next(now).map((call) => this.#make(call)))
  }

  /** A socket is there: its user is held from now on. */
  open(connection: string, session: SessionId, person: Person): void {
    this.#told((now) => this.#member.open(connection, session, person, now))
  }

  /** The socket is gone: the grace begins. */
  close(connection: string): void {
    this.#told((now) => this.#member.close(connection, now))
  }

  /** Anything at all arrived on this socket, for the first time since this process woke. */
  answered(connection: string): void {
    this.#told((now) => this.#member.answered(connection, now))
  }

  /** After the database has committed that a session ended: here at once, elsewhere by a notice. */
  endSession(user: UserId, session: SessionId): void {
    this.#told((now) => this.#member.endSession(user, session, now))
  }

  /** After the database has committed a new account. */
  added(person: Person): void {
    this.#told((now) => this.#member.added(person, now))
  }

  /** After the database has committed the end of an account. */
  removed(person: Person): void {
    this.#told((now) => this.#member.removed(person, now))
  }

  isOnline(id: UserId): boolean {
    return this.#member.shown.isOnline(id)
  }

  /** The name of somebody online. */
  nameOf(id: UserId): string | undefined {
    return this.#member.shown.nameOf(id)
  }

  /** When somebody went offline, if that was in the last minutes, ms since 1970: newer than what the database says. */
  lastOffline(id: UserId): number | undefined {
    return this.#member.shown.offlineAt(id)
  }

  /** When somebody came or went, if that was in the last minutes, ms since 1970. */
  changedAt(id: UserId): number | undefined {
    const ahead = this.#member.shown.aheadSince(id)
    return ahead === undefined ? this.#member.shown.changedAt(id) : toWallTime(ahead)
  }

  online(): Iterable<Person> {
    return this.#member.shown.people()
  }

  /** How many sockets of a session are here. */
  connectionsOf(session: SessionId): number {
    return this.#member.connectionsOf(session)
  }

  /**
   * Hands over (P8): has all sockets closed over some time, keeps each user until his hand-over grace has ended, then leaves. Where
   * nobody else is there, or the store does not answer in time, it just goes.
   */
  async drain(options: { closeSockets: (spreadMs: number) => Promise<void> }): Promise<void> {
    const { leaseMs, graceMs, shared } = this.#options
    this.#told((now) => this.#member.drain(now))
    if (!shared) return await options.closeSockets(0)
    const deadline = performance.now() + SPREAD_MS + Math.max(leaseMs, graceMs) + FAREWELL_MS
    await options.closeSockets(SPREAD_MS)
    await this.#untilLeft(deadline - performance.now())
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#options.store.close()
  }

  #memberEvents(): MemberEvents {
    const { events } = this.#options
    return {
      changed: (ids) => events.changed(ids),
      ended: (sessions) => events.ended(sessions),
      directory: (changes) => events.directory(changes),
      freshness: ({ state, since }) => events.freshness({ state, since: toWallTime(since) }),
      seen: (seen) => events.seen(seen),
      recheck: () => events.recheck(),
      woke: () => events.woke?.(),
    }
  }

  #told(tell: (now: number) => void): void {
    if (this.#stopped) return
    tell(performance.now())
    this.#pumpSoon()
  }

  #step(): void {
    this.#stepAt = Infinity
    this.#member.step(performance.now())
    this.#pump()
  }

  /** What happens within one turn of the event loop goes to the store together. */
  #pumpSoon(): void {
    if (this.#pumping) return
    this.#pumping = true
    setImmediate(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    if (this.#stopped) return
    // One moment: what is not yet due for a call is still to come for the plan.
    const now = performance.now()
    for (const call of this.#member.next(now)) void this.#make(call)
    if (this.#member.isAsleep) this.#wake()
    if (this.#member.state === 'ready') this.#becomeReady()
    if (this.#member.hasLeft) for (const left of this.#leftWaiters.splice(0)) left()
    this.#planStep(now)
  }

  /** One timer for all that time brings: for what comes next. */
  #planStep(now: number): void {
    const at = this.#member.stepAt(now)
    if (at >= this.#stepAt) return
    this.#stepAt = at
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#step(), Math.ceil(at - now))
  }

  /** Reads the sockets for a full turn before anything is said to the store. */
  #wake(): void {
    if (this.#waking) return
    this.#waking = true
    this.#options.log.warn('this process stood still for more than half a lease')
    setImmediate(() =>
      setImmediate(() => {
        this.#waking = false
        this.#told((now) => this.#member.awake(now))
      }),
    )
  }

  async #make(call: Call): Promise<void> {
    const answer = await this.#ask(call)
    this.#told((now) => {
      if (answer === null) this.#member.failed(call, now)
      else this.#member.answer(answer, now)
    })
    if (call.lane !== 'life' || this.#member.linkIsUp === this.#storeAnswers) return
    this.#storeAnswers = this.#member.linkIsUp
    if (this.#storeAnswers) this.#options.log.info('the presence store answers')
  }

  async #ask(call: Call): Promise<Answer | null> {
    try {
      return await ask(this.#options.store, call, this.#listener)
    } catch (error) {
      if (!this.#storeAnswers || this.#stopped) return null
      this.#options.log.warn({ err: error, call: call.kind }, 'the presence store does not answer')
      return null
    }
  }

  async #untilLeft(ms: number): Promise<void> {
    if (this.#member.hasLeft) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#options.log.warn('left without a good-bye: the others release whom this process held')
        resolve()
      }, ms)
      this.#leftWaiters.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

/** A steady time as ms since 1970. */
function toWallTime(steady: number): number {
  return Math.round(Date.now() - (performance.now() - steady))
}
