import type { Answer, Call, Lane } from './calls.ts'
import { Connections } from './connections.ts'
import type { Read } from './follower.ts'
import { FreshnessJudge } from './freshness.ts'
import { Link } from './link.ts'
import type { Freshness, MemberEvents } from './member-events.ts'
import { Membership } from './membership.ts'
import { Outbox } from './outbox.ts'
import { Picture, type Shown } from './picture.ts'
import type { Entry, Epoch, Person, SessionId, UserId } from './ports.ts'

export interface MemberOptions {
  readonly leaseMs: number
  readonly graceMs: number
  /** False where nobody else uses the store: there is nothing to beat, to probe or to wait for. */
  readonly shared: boolean
  /** A fresh random id. */
  readonly newId: () => string
  readonly events: MemberEvents
  readonly now: number
}

/** Between two steps there is at most this much time while anything is under way, ms. */
const STEP_MS = 100
/** Graces that end within this time are seen to end together, ms. */
const SWEEP_MS = 25

const LANES: readonly Lane[] = ['subscription', 'life', 'batch', 'reading', 'burial', 'probe']

/**
 * One process at the store, as a state machine: it is told what happens, and asks with {@link next} for calls to be made. It reads no
 * clock: `now` is a steady time in ms. SPEC.md has the rules. All that can happen stands in this one file, because all of it passes the
 * same gate: was this process asleep, and is what it shows still right?
 */
export class Member {
  readonly #options: MemberOptions
  readonly #connections: Connections
  readonly #outbox = new Outbox()
  readonly #link: Link
  readonly #picture: Picture
  readonly #membership: Membership
  readonly #judge: FreshnessJudge
  readonly #busy = new Set<Lane>()
  #ready = false
  #draining = false
  #asleep = false
  #lastNow: number
  readonly #stepMs: number

  constructor(options: MemberOptions) {
    const { leaseMs, graceMs, shared, newId, events, now } = options
    this.#options = options
    this.#lastNow = now
    this.#stepMs = Math.min(STEP_MS, Math.max(10, Math.min(leaseMs / 12, graceMs / 10)))
    const connections = (this.#connections = new Connections({ graceMs }))
    const outbox = this.#outbox
    const link = (this.#link = new Link({ leaseMs }))
    this.#picture = new Picture({ connections, outbox, events })
    this.#judge = new FreshnessJudge({ beatMs: link.beatMs, now })
    this.#membership = new Membership({
      leaseMs,
      graceMs,
      shared,
      newId,
      connections,
      outbox,
      follower: this.#picture.follower,
      link,
      missed: () => this.#recheck(),
      doubt: () => events.woke(),
    })
  }

  get state(): 'starting' | 'ready' | 'draining' {
    if (this.#draining) return 'draining'
    return this.#ready ? 'ready' : 'starting'
  }

  get freshness(): Freshness {
    return this.#judge.verdict
  }

  get linkIsUp(): boolean {
    return this.#link.up
  }

  /** Who is online, and since when that is known. */
  get shown(): Shown {
    return this.#picture
  }

  /** It has drained and left the store, or there is nothing to leave. */
  get hasLeft(): boolean {
    const { hasEverAsked, hasLeft } = this.#membership
    return hasLeft || (this.#draining && !hasEverAsked)
  }

  /** Waits for {@link awake}: makes no calls until the sockets have been read. */
  get isAsleep(): boolean {
    return this.#asleep
  }

  /** Notices that were dropped, oldest first, because too many waited for the store. */
  get droppedNotices(): number {
    return this.#outbox.droppedNotices
  }

  /** When {@link step} is wanted next if nothing happens before, ms. At rest that is for the next beat or probe, or a little later. */
  stepAt(now: number): number {
    const { graceEndsAt } = this.#connections
    const { batchDueAt } = this.#membership
    const { beatMs, dueAt } = this.#link
    let at = now + this.#stepMs
    if (this.#isAtRest) at = Math.max(at, Math.min(now + beatMs, this.#options.shared ? dueAt : Infinity))
    if (graceEndsAt !== null) at = Math.min(at, Math.max(graceEndsAt, now + SWEEP_MS))
    // What keeps a batch back longer than its turn, ends with a step.
    if (batchDueAt !== null && batchDueAt > now) at = Math.min(at, batchDueAt)
    return at
  }

  connectionsOf(session: SessionId): number {
    return this.#connections.connectionsOf(session)
  }

  open(connection: string, session: SessionId, person: Person, now: number): void {
    this.#pass(now)
    if (this.#connections.open(connection, session, person)) this.#picture.came(person, now)
  }

  close(connection: string, now: number): void {
    this.#pass(now)
    this.#connections.close(connection, now)
  }

  /** Something arrived on this connection. */
  answered(connection: string, now: number): void {
    this.#pass(now)
    const id = this.#connections.answered(connection)
    const person = id === undefined ? undefined : this.#connections.held(id)
    if (person !== undefined) this.#picture.came(person, now)
  }

  /** A session ended in the database. */
  endSession(user: UserId, session: SessionId, now: number): void {
    this.#pass(now)
    this.#picture.say({ kind: 'ended', id: user, session })
  }

  /** An account was created in the database. */
  added(person: Person, now: number): void {
    this.#pass(now)
    this.#picture.say({ kind: 'added', id: person.id, name: person.name })
  }

  /** An account was deleted from the database. */
  removed(person: Person, now: number): void {
    this.#pass(now)
    this.#picture.say({ kind: 'removed', id: person.id, name: person.name })
  }

  /** Time has passed. */
  step(now: number): void {
    this.#pass(now)
    if (!this.#asleep) for (const id of this.#connections.sweep(now)) this.#outbox.mark(id)
    this.#weigh(now)
  }

  /** The sockets have been read since this process woke. */
  awake(now: number): void {
    this.#asleep = false
    this.step(now)
    if (!this.#asleep) this.#picture.speak()
  }

  /** From now on every closed user is handed over: held until max(grace, lease) is over (P8). */
  drain(now: number): void {
    this.#pass(now)
    this.#draining = true
    this.#connections.graceMs = Math.max(this.#options.graceMs, this.#options.leaseMs)
  }

  heard(entry: Entry, now: number): void {
    this.#pass(now)
    const { epoch } = this.#membership
    if (epoch !== null && entry.epoch !== epoch) this.#link.beatSoon()
    this.#picture.learn(this.#picture.follower.heard(entry, now), now)
    this.#weigh(now)
  }

  probed(token: string, now: number): void {
    this.#pass(now)
    if (this.#link.probed(token)) this.#judge.confirm(this.#isRight, now)
    this.#weigh(now)
  }

  subscribed(now: number): void {
    this.#pass(now)
    this.#link.subscribed()
    this.#picture.follower.wantLog()
    this.#recheck()
    this.#weigh(now)
  }

  unsubscribed(now: number): void {
    this.#pass(now)
    this.#link.unsubscribed()
    this.#weigh(now)
  }

  /** The calls to make now. Each must be followed by {@link answer} or {@link failed}. */
  next(now: number): Call[] {
    this.#pass(now)
    if (this.#asleep) return []
    const calls: Call[] = []
    for (const lane of LANES) {
      if (this.#busy.has(lane)) continue
      const call = this.#callOf(lane, now)
      if (call === null) continue
      this.#busy.add(lane)
      calls.push(call)
    }
    return calls
  }

  answer(answer: Answer, now: number): void {
    this.#pass(now)
    this.#busy.delete(answer.call.lane)
    this.#take(answer, now)
    this.#weigh(now)
  }

  /** The store did not answer, or refused. */
  failed(call: Call, now: number): void {
    this.#pass(now)
    this.#busy.delete(call.lane)
    if (call.kind === 'subscribe') this.#link.subscriptionFailed(now)
    else this.#link.failed(now)
    if (call.kind === 'release') this.#picture.writesForOthers = true
    if (call.kind === 'apply' && this.#membership.isCurrent(call.batch)) this.#outbox.failed()
    this.#weigh(now)
  }

  #callOf(lane: Lane, now: number): Call | null {
    const { epoch, hasJoined, hasLeft, incarnation, settled } = this.#membership
    switch (lane) {
      case 'subscription':
        return !hasLeft && this.#link.wantsSubscription(now) ? { lane, kind: 'subscribe' } : null
      case 'life': {
        if (!this.#link.mayTry(now)) return null
        return this.#membership.lifeCall(this.#isLeaving, now)
      }
      case 'batch':
        // Not only after the first beat of a link that is back: holds are never late for want of an answer.
        return this.#link.mayTry(now) ? this.#membership.batchCall(now) : null
      case 'reading':
        if (!hasJoined || epoch === null || !this.#link.up) return null
        return this.#picture.follower.call(epoch, settled, now)
      case 'burial':
        return this.#link.up ? this.#membership.burialCall() : null
      case 'probe': {
        if (!hasJoined || !this.#link.up || !this.#options.shared) return null
        const token = this.#link.probe(incarnation, now)
        return token === null ? null : { lane, kind: 'probe', token }
      }
    }
  }

  #take(answer: Answer, now: number): void {
    const membership = this.#membership
    switch (answer.kind) {
      case 'subscribe':
        return this.subscribed(now)
      case 'epoch':
        this.#link.answered()
        return membership.found(answer.answer)
      case 'begin':
        this.#link.answered()
        return membership.begun(answer.answer)
      case 'leave':
        return membership.left()
      case 'probe':
        return
      case 'beat': {
        if (!membership.isCurrent(answer.call.beat)) return
        if (this.#link.beatAnswered()) this.#recheck()
        const { beats, certain } = membership.beatAnswered(answer.call.beat, answer.answer, now)
        if (beats) this.#judge.confirm(this.#isRight, now)
        if (certain && this.#link.calm) this.#picture.settle()
        return
      }
      case 'apply':
        if (membership.isCurrent(answer.call.batch)) membership.batchAnswered(answer.call, answer.answer, now)
        if (answer.answer.result !== 'done') return
        if (answer.answer.entry !== null) this.#picture.made(answer.answer.entry, now)
        if (!this.#options.shared) this.#picture.settle()
        return
      case 'release':
        if (answer.answer.result === 'lost') return membership.lose(answer.call.epoch)
        this.#picture.writesForOthers = false
        if (!answer.answer.more) membership.released(answer.call.incarnation)
        if (answer.answer.entry !== null) this.#picture.made(answer.answer.entry, now)
        return
      case 'log':
      case 'snapshot':
        if (answer.call.epoch === membership.epoch) this.#read(answer, answer.call.epoch, now)
    }
  }

  #read(answer: Extract<Answer, { kind: 'log' | 'snapshot' }>, epoch: Epoch, now: number): void {
    const { follower } = this.#picture
    if (answer.answer.result === 'lost') return this.#membership.lose(epoch)
    if (answer.kind === 'snapshot') follower.snapshot(answer.answer)
    else this.#learnLog(follower.log(answer.call.after, answer.answer, now), now)
  }

  #learnLog(read: Read, now: number): void {
    const { loaded } = read
    if (loaded !== null) {
      const known = this.#membership.storeTime(this.#judge.confirmedAt)
      this.#picture.loaded(read.changed, loaded, known)
    }
    this.#picture.learn(read, now)
    if (loaded === null) return
    this.#recheck()
    this.#ready ||= this.#picture.follower.complete
  }

  /** Nobody is held, nobody may yet answer and be held again, and the store knows it all. */
  get #isLeaving(): boolean {
    const { connectionCount, heldCount } = this.#connections
    return this.#draining && connectionCount + heldCount === 0 && this.#outbox.empty
  }

  /** Before it is ready there are no sockets to check. */
  #recheck(): void {
    if (this.#ready) this.#options.events.recheck()
  }

  /** Notices when this process did not run for more than half a lease (P6). */
  #pass(now: number): void {
    const late = now - this.#lastNow
    this.#lastNow = Math.max(this.#lastNow, now)
    if (late <= this.#options.leaseMs / 2) return
    this.#asleep = true
    this.#picture.hush()
    this.#link.woke()
    this.#connections.delayGraces(late)
    this.#membership.stoodStill()
    this.#picture.trust(false)
  }

  /** All is well, and nothing is waited for. */
  get #isAtRest(): boolean {
    return this.state === 'ready' && !this.#asleep && this.#isRight
  }

  get #isRight(): boolean {
    if (!this.#picture.follower.inStep || !this.#membership.stands) return false
    return !this.#options.shared || (this.#link.up && this.#link.hears)
  }

  #weigh(now: number): void {
    const { hasJoined, isDoubting } = this.#membership
    // After an absence, holds of others may still be on their way.
    const isAnswered = this.#link.calm && hasJoined && !isDoubting
    this.#picture.trust((isAnswered || !this.#options.shared) && this.#picture.follower.inStep)
    const verdict = this.#judge.judge(this.#isRight, now)
    if (verdict !== null) this.#options.events.freshness(verdict)
  }
}
