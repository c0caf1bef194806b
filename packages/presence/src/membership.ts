import type { Call, CallOf } from './calls.ts'
import type { Connections } from './connections.ts'
import type { Follower } from './follower.ts'
import type { Link } from './link.ts'
import type { Outbox } from './outbox.ts'
import type { Beat, BatchAnswer, BeatAnswer, Epoch, Incarnation } from './ports.ts'

type Stage =
  | { readonly at: 'finding' }
  | { readonly at: 'beginning'; readonly lost: Epoch | null }
  | { readonly at: 'joining' | 'member'; readonly epoch: Epoch }
  | { readonly at: 'left' }

export interface MembershipOptions {
  readonly leaseMs: number
  readonly graceMs: number
  readonly shared: boolean
  readonly newId: () => string
  readonly connections: Connections
  readonly outbox: Outbox
  readonly follower: Follower
  readonly link: Link
  /** Another epoch stands, or another incarnation: notices may have been missed. */
  readonly missed: () => void
  /** Connections are only known to be alive when they answer from now on. */
  readonly doubt: () => void
}

/** Between two batches there is at least this much time, ms: who comes and goes meanwhile shares the second. The end of a session does not wait (P3). */
export const GATHER_MS = 25
/** A lease for a store that nobody else uses. */
const ENDLESS_MS = 1e12

/**
 * The life of a process at the store: finds or begins an epoch, joins, beats, is lost or buried, and says whom it holds (P5 to P7). One file,
 * since it is one state machine: whatever is answered may end its stage.
 */
export class Membership {
  readonly #options: MembershipOptions
  #stage: Stage = { at: 'finding' }
  #incarnation: Incarnation
  #hasEverAsked = false
  #number = 0
  #acknowledged = 0
  #settled = false
  /** How often connections have been doubted, and at the last beat that was taken. */
  #doubts = 0
  #doubtsAtBeat = 0
  #due: readonly Incarnation[] = []
  #mismatches = 0
  #countCheckAt = 0
  #beatSent = { now: 0, seq: 0, turns: 0, atRest: false, doubts: 0 }
  /** Answers in a row that this process does not belong. */
  #rejections = 0
  /** Nothing is said until the store has told the last number it took. */
  #silenced = false
  #store = { at: 0, now: 0 }
  #batchedAt = -Infinity

  constructor(options: MembershipOptions) {
    this.#options = options
    this.#incarnation = options.newId()
  }

  get epoch(): Epoch | null {
    return this.#stage.at === 'member' || this.#stage.at === 'joining' ? this.#stage.epoch : null
  }

  get incarnation(): Incarnation {
    return this.#incarnation
  }

  /** Joined, in an epoch that has settled. */
  get stands(): boolean {
    return this.#stage.at === 'member' && this.#settled
  }

  get hasJoined(): boolean {
    return this.#stage.at === 'member'
  }

  /** The store may know of this process. */
  get hasEverAsked(): boolean {
    return this.#hasEverAsked
  }

  get hasLeft(): boolean {
    return this.#stage.at === 'left'
  }

  get settled(): boolean {
    return this.#settled
  }

  /** What the clock of the store shows at `now`, as far as the last beat tells. */
  storeTime(now: number): number {
    return this.#store.at + (now - this.#store.now)
  }

  isCurrent(of: { epoch: Epoch; incarnation: Incarnation }): boolean {
    return of.epoch === this.epoch && of.incarnation === this.#incarnation
  }

  /** This process stood still: its connections may be gone, and itself buried. */
  stoodStill(): void {
    this.#doubts++
    this.#options.connections.beginEra()
    this.#options.doubt()
  }

  lifeCall(leaving: boolean, now: number): Call | null {
    const { link, shared } = this.#options
    const stage = this.#stage
    switch (stage.at) {
      case 'finding':
        return { lane: 'life', kind: 'epoch' }
      case 'beginning':
        return { lane: 'life', kind: 'begin', lost: stage.lost }
      case 'joining':
        return this.#beatCall(stage.epoch, true, now)
      case 'member':
        if (leaving && link.up) {
          return { lane: 'life', kind: 'leave', epoch: stage.epoch, incarnation: this.#incarnation }
        }
        if ((!shared && link.up) || !link.beatIsDue(now)) return null
        return this.#beatCall(stage.epoch, false, now)
      case 'left':
        return null
    }
  }

  /** When the next batch may be made, ms; null where there is nothing to say. */
  get batchDueAt(): number | null {
    return this.#options.outbox.hasMore ? this.#batchedAt + GATHER_MS : null
  }

  batchCall(now: number): Call | null {
    const { connections, link, outbox, shared } = this.#options
    if (this.#stage.at !== 'member' || this.#silenced) return null
    if (shared && !outbox.isUrgent && now < this.#batchedAt + GATHER_MS) return null
    const mayRelease = !shared || (this.#settled && link.calm)
    const contents = outbox.take((id) => connections.held(id), mayRelease)
    if (contents === null) return null
    this.#batchedAt = now
    const { epoch } = this.#stage
    const batch = { epoch, incarnation: this.#incarnation, number: ++this.#number, ...contents }
    return { lane: 'batch', kind: 'apply', batch }
  }

  burialCall(): Call | null {
    const incarnation = this.#due[0]
    if (this.#stage.at !== 'member' || incarnation === undefined) return null
    return { lane: 'burial', kind: 'release', epoch: this.#stage.epoch, incarnation }
  }

  released(incarnation: Incarnation): void {
    this.#due = this.#due.filter((one) => one !== incarnation)
  }

  /** The epoch that stands, or null where there is none. */
  found(epoch: Epoch | null): void {
    if (this.#stage.at !== 'finding') return
    if (epoch === null) this.#stage = { at: 'beginning', lost: null }
    else this.#adopt(epoch)
  }

  begun(epoch: Epoch): void {
    if (this.#stage.at === 'beginning') this.#adopt(epoch)
  }

  left(): void {
    this.#stage = { at: 'left' }
  }

  /** The epoch is gone: another must stand, and what this process holds is said anew in it. */
  lose(epoch: Epoch): void {
    if (epoch === this.epoch) this.#stage = { at: 'beginning', lost: epoch }
  }

  /** `certain`: the store knows all that this process has to say, and the roster lacked nothing when it was asked. */
  beatAnswered(beat: Beat, answer: BeatAnswer, now: number): { beats: boolean; certain: boolean } {
    const { follower, link, shared } = this.#options
    const no = { beats: false, certain: false }
    if (answer.result !== 'beating') {
      if (++this.#rejections > 1) link.backOff(now)
      if (answer.result === 'lost') this.lose(beat.epoch)
      else this.#bury(now)
      return no
    }
    if (answer.seq < this.#beatSent.seq) {
      // The store has forgotten what it gave out.
      this.lose(beat.epoch)
      return no
    }
    this.#stage = { at: 'member', epoch: beat.epoch }
    this.#store = { at: answer.at, now: this.#beatSent.now }
    this.#doubtsAtBeat = this.#beatSent.doubts
    this.#rejections = 0
    this.#silenced = false
    this.#due = answer.due
    if (!this.#settled) {
      this.#settled = answer.settled || !shared
      if (this.#settled) follower.wantSnapshot()
      else if (beat.joins) follower.wantLog()
    }
    follower.hint(answer.seq, answer.online, now)
    this.#compareCount(now)
    const undisturbed = this.#isUndisturbed()
    if (undisturbed) this.#compareHeld(answer)
    this.#number = Math.max(this.#number, answer.number)
    return { beats: true, certain: undisturbed }
  }

  batchAnswered(call: CallOf<'apply'>, answer: BatchAnswer, now: number): void {
    const { link, outbox } = this.#options
    if (answer.result === 'done') {
      this.#acknowledged = call.batch.number
      outbox.done()
      return
    }
    outbox.failed()
    this.#batchedAt = -Infinity
    if (answer.result === 'lost') this.lose(call.batch.epoch)
    else if (answer.result === 'buried') this.#bury(now)
    else {
      this.#silenced = true
      link.disturbed()
    }
  }

  #beatCall(epoch: Epoch, joins: boolean, now: number): Call {
    const { follower, graceMs, link, outbox, shared } = this.#options
    link.beatSent(now)
    this.#hasEverAsked = true
    const { turns, atRest } = outbox
    this.#beatSent = { now, seq: follower.roster.seq, turns, atRest, doubts: this.#doubts }
    const leaseMs = shared ? this.#options.leaseMs : ENDLESS_MS
    const beat = { epoch, incarnation: this.#incarnation, joins, leaseMs, graceMs }
    return { lane: 'life', kind: 'beat', beat }
  }

  /** Connections have been doubted since the last beat that was taken. */
  get isDoubting(): boolean {
    return this.#doubts !== this.#doubtsAtBeat
  }

  /** No batch was under way, or of unknown fate, while the beat was. */
  #isUndisturbed(): boolean {
    const { outbox } = this.#options
    const sent = this.#beatSent
    return sent.atRest && outbox.atRest && sent.turns === outbox.turns
  }

  #compareCount(now: number): void {
    const { follower, leaseMs } = this.#options
    if (!follower.miscounted || now < this.#countCheckAt) return
    this.#countCheckAt = now + leaseMs
    follower.wantSnapshot()
  }

  /** Where the store has something else than was said, all is said again, and the second time by a new incarnation. */
  #compareHeld(answer: { number: number; held: number }): void {
    const { connections, outbox } = this.#options
    if (answer.number >= this.#acknowledged && answer.held === outbox.assertedCount) this.#mismatches = 0
    else if (++this.#mismatches === 1) outbox.reassert(connections.allHeld())
    else this.#reincarnate()
  }

  #adopt(epoch: Epoch): void {
    const { connections, follower, missed, outbox } = this.#options
    this.#stage = { at: 'joining', epoch }
    this.#settled = false
    this.#due = []
    this.#mismatches = 0
    this.#silenced = false
    this.#batchedAt = -Infinity
    follower.begin(epoch)
    // It stood still, and would have been buried had the epoch not been lost.
    if (this.isDoubting) connections.countOnlyAnswered()
    outbox.startOver(connections.allHeld())
    missed()
  }

  /**
   * Others have taken this process for dead. Where it ran all the while and no beat got through, it still knows its sockets, and holds
   * whom it held. Otherwise it stood still, noticed or not, and only what has answered since is held again (P6).
   */
  #bury(now: number): void {
    const { connections, leaseMs } = this.#options
    const wasCutOff = now - this.#store.now >= leaseMs
    if (!this.isDoubting && !wasCutOff) this.stoodStill()
    if (this.isDoubting) connections.countOnlyAnswered()
    this.#reincarnate()
    this.#options.missed()
  }

  /** The old incarnation is left to its burial. */
  #reincarnate(): void {
    const { connections, newId, outbox } = this.#options
    if (this.epoch !== null) this.#stage = { at: 'joining', epoch: this.epoch }
    this.#incarnation = newId()
    this.#number = 0
    this.#acknowledged = 0
    this.#mismatches = 0
    this.#silenced = false
    this.#batchedAt = -Infinity
    outbox.startOver(connections.allHeld())
  }
}
