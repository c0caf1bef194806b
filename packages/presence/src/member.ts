import type { Answer, Call, CallOf, Lane } from './calls.ts'
import { Connections } from './connections.ts'
import { Follower, type News } from './follower.ts'
import { Link } from './link.ts'
import { Outbox } from './outbox.ts'
import type {
  BatchAnswer,
  BeatAnswer,
  Entry,
  Epoch,
  Incarnation,
  Notice,
  Person,
  SessionId,
  UserId,
} from './ports.ts'
import { NoticeFilter, RecentChanges } from './recent.ts'
import { Visible } from './visible.ts'

/** `since` is the last moment known to be right, by the process's own `now`. */
export interface Freshness {
  readonly state: 'live' | 'stale'
  readonly since: number
}

export interface DirectoryNews {
  readonly op: 'added' | 'removed'
  readonly id: UserId
  readonly name: string
}

/** What a member tells its process, synchronously. */
export interface MemberEvents {
  /** These users may have come or gone. */
  changed(ids: Iterable<UserId>): void
  /** Sessions that ended, here or elsewhere. */
  ended(sessions: readonly SessionId[]): void
  directory(changes: readonly DirectoryNews[]): void
  freshness(freshness: Freshness): void
  /** Users who came or went by a step of this process, in store time: to be written down. */
  seen(seen: readonly { id: UserId; at: number }[]): void
  /** Notices may have been missed: check all sessions of open sockets. */
  recheck(): void
  /** This process did not run for a while, or was buried: ask every socket for a sign of life. */
  woke(): void
}

type Stage =
  | { readonly at: 'finding' }
  | { readonly at: 'beginning'; readonly lost: Epoch | null }
  | { readonly at: 'joining' | 'member'; readonly epoch: Epoch }
  | { readonly at: 'left' }

/** Stale is said when it lasts: a short break of the link is no news, ms. */
const TOLERANCE_MS = 1_000
/** A lease for a store that nobody else uses. */
const ENDLESS_MS = 1e12

/**
 * One process at the store, as a state machine: it is told what happens, and asks with {@link next} for calls to be made. It reads no
 * clock: `now` is a steady time in ms. SPEC.md has the rules.
 */
export class Member {
  readonly #options: { leaseMs: number; graceMs: number; shared: boolean; newId: () => string }
  readonly #events: MemberEvents
  readonly #connections: Connections
  readonly #outbox = new Outbox()
  readonly #follower = new Follower()
  readonly #visible: Visible
  readonly #recent = new RecentChanges()
  readonly #notices = new NoticeFilter()
  readonly #link: Link
  readonly #busy = new Set<Lane>()
  #stage: Stage = { at: 'finding' }
  #incarnation: Incarnation
  #number = 0
  #acknowledged = 0
  #settled = false
  #ready = false
  #draining = false
  #asleep = false
  /** An era of the connections has begun since the last answered beat. */
  #eraBegun = false
  #due: Incarnation[] = []
  #mismatches = 0
  #countCheckAt = 0
  #beatSent = { seq: 0, turns: 0, atRest: false }
  #store: { at: number; now: number } | null = null
  #lastNow: number
  /** When the store last confirmed what is shown. */
  #confirmedAt: number
  #wrongSince: number | null = null
  #freshness: Freshness

  constructor(options: {
    leaseMs: number
    graceMs: number
    /** False where nobody else uses the store: there is nothing to beat, to probe or to wait for. */
    shared: boolean
    newId: () => string
    events: MemberEvents
    now: number
  }) {
    this.#options = options
    this.#events = options.events
    this.#connections = new Connections({ graceMs: options.graceMs })
    this.#link = new Link({ leaseMs: options.leaseMs })
    this.#visible = new Visible({
      roster: this.#follower.roster,
      connections: this.#connections,
      isRemoved: (id) => this.#notices.isRemoved(id),
    })
    this.#incarnation = options.newId()
    this.#lastNow = options.now
    this.#confirmedAt = options.now
    this.#freshness = { state: 'stale', since: options.now }
  }

  get state(): 'starting' | 'ready' | 'draining' {
    if (this.#draining) return 'draining'
    return this.#ready ? 'ready' : 'starting'
  }

  get freshness(): Freshness {
    return this.#freshness
  }

  get linkIsUp(): boolean {
    return this.#link.up
  }

  get hasLeft(): boolean {
    return this.#stage.at === 'left'
  }

  /** Waits for {@link awake}: makes no calls until the sockets have been read. */
  get isAsleep(): boolean {
    return this.#asleep
  }

  get onlineCount(): number {
    return this.#visible.count
  }

  get droppedNotices(): number {
    return this.#outbox.droppedNotices
  }

  isOnline(id: UserId): boolean {
    return this.#visible.has(id)
  }

  nameOf(id: UserId): string | undefined {
    return this.#visible.nameOf(id)
  }

  online(): Iterable<Person> {
    return this.#visible.people()
  }

  connectionsOf(session: SessionId): number {
    return this.#connections.connectionsOf(session)
  }

  /** Store time of the last change known of a user; none when it is older than some minutes, or not numbered yet. */
  changedAt(id: UserId): number | undefined {
    return this.#visible.aheadSince(id) === undefined ? this.#recent.at(id) : undefined
  }

  /** Since when, by `now`, somebody shows because he is held here although no numbered change said so. */
  aheadSince(id: UserId): number | undefined {
    return this.#visible.aheadSince(id)
  }

  offlineAt(id: UserId): number | undefined {
    return this.#visible.has(id) ? undefined : this.#recent.offlineAt(id)
  }

  open(connection: string, session: SessionId, person: Person, now: number): void {
    this.#pass(now)
    if (this.#connections.open(connection, session, person)) this.#came(person, now)
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
    if (person !== undefined) this.#came(person, now)
  }

  /** A session ended in the database. */
  endSession(user: UserId, session: SessionId, now: number): void {
    this.#pass(now)
    this.#say({ kind: 'ended', id: user, session })
  }

  /** An account was created in the database. */
  added(person: Person, now: number): void {
    this.#pass(now)
    this.#say({ kind: 'added', id: person.id, name: person.name })
  }

  /** An account was deleted from the database. */
  removed(person: Person, now: number): void {
    this.#pass(now)
    this.#say({ kind: 'removed', id: person.id, name: person.name })
  }

  /** Time has passed. */
  step(now: number): void {
    this.#pass(now)
    if (!this.#asleep) for (const id of this.#connections.sweep(now)) this.#outbox.mark(id)
    this.#judge(now)
  }

  /** The sockets have been read since this process woke. */
  awake(now: number): void {
    this.#asleep = false
    this.step(now)
  }

  /** From now on every closed user is handed over: held until max(grace, lease) is over (P8). */
  drain(now: number): void {
    this.#pass(now)
    this.#draining = true
    this.#connections.graceMs = Math.max(this.#options.graceMs, this.#options.leaseMs)
  }

  heard(entry: Entry, now: number): void {
    this.#pass(now)
    if (this.#epoch !== null && entry.epoch !== this.#epoch) this.#link.beatSoon()
    this.#learn(this.#follower.heard(entry, now), now)
    this.#judge(now)
  }

  probed(token: string, now: number): void {
    this.#pass(now)
    if (this.#link.probed(token) && this.#freshness.state === 'live') this.#confirmedAt = now
    this.#judge(now)
  }

  subscribed(now: number): void {
    this.#pass(now)
    this.#link.subscribed()
    this.#follower.wantLog()
    if (this.#ready) this.#events.recheck()
    this.#judge(now)
  }

  unsubscribed(now: number): void {
    this.#pass(now)
    this.#link.unsubscribed()
    this.#judge(now)
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
    switch (answer.kind) {
      case 'subscribe':
        this.#link.subscribed()
        this.#follower.wantLog()
        break
      case 'epoch':
        this.#link.answered()
        if (this.#stage.at !== 'finding') break
        if (answer.answer === null) this.#stage = { at: 'beginning', lost: null }
        else this.#adopt(answer.answer)
        break
      case 'begin':
        this.#link.answered()
        if (this.#stage.at === 'beginning') this.#adopt(answer.answer)
        break
      case 'beat':
        this.#beatAnswered(answer.call, answer.answer, now)
        break
      case 'leave':
        this.#stage = { at: 'left' }
        break
      case 'apply':
        this.#batchAnswered(answer.call, answer.answer, now)
        break
      case 'release':
        if (answer.answer.result === 'lost') this.#lose(answer.call.epoch)
        else {
          if (!answer.answer.more) this.#due = this.#due.filter((one) => one !== answer.call.incarnation)
          this.#made(answer.answer.entry, now)
        }
        break
      case 'log':
        if (answer.call.epoch !== this.#epoch) break
        if (answer.answer.result === 'lost') this.#lose(answer.call.epoch)
        else this.#read(this.#follower.log(answer.call.after, answer.answer, now), now)
        break
      case 'snapshot':
        if (answer.call.epoch !== this.#epoch) break
        if (answer.answer.result === 'lost') this.#lose(answer.call.epoch)
        else this.#follower.snapshot(answer.answer)
        break
      case 'probe':
        break
    }
    this.#judge(now)
  }

  /** The store did not answer, or refused. */
  failed(call: Call, now: number): void {
    this.#pass(now)
    this.#busy.delete(call.lane)
    if (call.kind === 'subscribe') this.#link.subscriptionFailed(now)
    else this.#link.failed(now)
    if (call.kind === 'apply' && this.#isCurrent(call.batch)) this.#outbox.failed()
    this.#judge(now)
  }

  get #epoch(): Epoch | null {
    return this.#stage.at === 'member' || this.#stage.at === 'joining' ? this.#stage.epoch : null
  }

  #callOf(lane: Lane, now: number): Call | null {
    const stage = this.#stage
    if (lane === 'subscription') {
      return stage.at !== 'left' && this.#link.wantsSubscription(now)
        ? { lane: 'subscription', kind: 'subscribe' }
        : null
    }
    if (lane === 'life') return this.#lifeCall(now)
    if (stage.at !== 'member' || !this.#link.up) return null
    const { epoch } = stage
    switch (lane) {
      case 'batch':
        return this.#batchCall(epoch)
      case 'reading':
        return this.#follower.call(epoch, this.#settled, now)
      case 'burial': {
        const incarnation = this.#due[0]
        return incarnation === undefined ? null : { lane, kind: 'release', epoch, incarnation }
      }
      case 'probe': {
        const token = this.#options.shared ? this.#link.probe(this.#incarnation, now) : null
        return token === null ? null : { lane, kind: 'probe', token }
      }
    }
  }

  #lifeCall(now: number): Call | null {
    const stage = this.#stage
    if (!this.#link.mayTry(now)) return null
    switch (stage.at) {
      case 'finding':
        return { lane: 'life', kind: 'epoch' }
      case 'beginning':
        return { lane: 'life', kind: 'begin', lost: stage.lost }
      case 'joining':
        return this.#beatCall(stage.epoch, true, now)
      case 'member': {
        if (this.#draining && this.#link.up && this.#connections.heldCount === 0 && this.#outbox.empty) {
          return { lane: 'life', kind: 'leave', epoch: stage.epoch, incarnation: this.#incarnation }
        }
        const beats = this.#options.shared || !this.#link.up
        return beats && this.#link.beatIsDue(now) ? this.#beatCall(stage.epoch, false, now) : null
      }
      case 'left':
        return null
    }
  }

  #beatCall(epoch: Epoch, joins: boolean, now: number): Call {
    this.#link.beatSent(now)
    this.#beatSent = {
      seq: this.#follower.roster.seq,
      turns: this.#outbox.turns,
      atRest: this.#outbox.atRest,
    }
    const { graceMs, shared } = this.#options
    const leaseMs = shared ? this.#options.leaseMs : ENDLESS_MS
    return {
      lane: 'life',
      kind: 'beat',
      beat: { epoch, incarnation: this.#incarnation, joins, leaseMs, graceMs },
    }
  }

  #batchCall(epoch: Epoch): Call | null {
    const mayRelease = !this.#options.shared || (this.#settled && this.#link.calm)
    const contents = this.#outbox.take((id) => this.#connections.held(id), mayRelease)
    if (contents === null) return null
    const batch = { epoch, incarnation: this.#incarnation, number: ++this.#number, ...contents }
    return { lane: 'batch', kind: 'apply', batch }
  }

  #beatAnswered(call: CallOf<'beat'>, answer: BeatAnswer, now: number): void {
    if (!this.#isCurrent(call.beat)) return
    const regained = this.#link.beatAnswered()
    if (answer.result !== 'beating') {
      if (answer.result === 'lost') this.#lose(call.beat.epoch)
      else this.#bury(call.beat.epoch)
      return
    }
    // The store has forgotten what it gave out.
    if (answer.seq < this.#beatSent.seq) return this.#lose(call.beat.epoch)
    this.#stage = { at: 'member', epoch: call.beat.epoch }
    this.#store = { at: answer.at, now }
    if (this.#isRight) this.#confirmedAt = now
    this.#eraBegun = false
    if (!this.#settled) {
      this.#settled = answer.settled || !this.#options.shared
      if (this.#settled) this.#follower.wantSnapshot()
      else if (call.beat.joins) this.#follower.wantLog()
    }
    this.#follower.hint(answer.seq, answer.online, now)
    this.#compareCount(now)
    this.#compareHeld(answer)
    this.#due = [...answer.due]
    this.#settleAhead(this.#undisturbed && this.#beatSent.seq <= answer.seq)
    if (regained && this.#ready) this.#events.recheck()
  }

  get #undisturbed(): boolean {
    const sent = this.#beatSent
    return sent.atRest && this.#outbox.atRest && sent.turns === this.#outbox.turns
  }

  #compareCount(now: number): void {
    if (!this.#follower.miscounted || now < this.#countCheckAt) return
    this.#countCheckAt = now + this.#options.leaseMs
    this.#follower.wantSnapshot()
  }

  #compareHeld(answer: Extract<BeatAnswer, { result: 'beating' }>): void {
    this.#number = Math.max(this.#number, answer.number)
    if (!this.#undisturbed) return
    if (answer.number >= this.#acknowledged && answer.held === this.#outbox.assertedCount) {
      this.#mismatches = 0
    } else if (++this.#mismatches === 1) {
      this.#outbox.reassert(this.#connections.allHeld())
    } else {
      this.#reincarnate()
    }
  }

  #batchAnswered(call: CallOf<'apply'>, answer: BatchAnswer, now: number): void {
    if (!this.#isCurrent(call.batch)) return
    if (answer.result === 'done') {
      this.#acknowledged = call.batch.number
      this.#outbox.done()
      this.#made(answer.entry, now)
      if (!this.#options.shared) this.#settleAhead(true)
      return
    }
    this.#outbox.failed()
    if (answer.result === 'lost') this.#lose(call.batch.epoch)
    else if (answer.result === 'buried') this.#bury(call.batch.epoch)
    else this.#link.disturbed()
  }

  #isCurrent(of: { epoch: Epoch; incarnation: Incarnation }): boolean {
    return of.epoch === this.#epoch && of.incarnation === this.#incarnation
  }

  /** The epoch is gone: another must stand, and what this process holds is said anew in it. */
  #lose(epoch: Epoch): void {
    if (epoch !== this.#epoch) return
    this.#stage = { at: 'beginning', lost: epoch }
  }

  #adopt(epoch: Epoch): void {
    this.#stage = { at: 'joining', epoch }
    this.#settled = false
    this.#due = []
    this.#follower.begin(epoch)
    this.#outbox.startOver(this.#connections.allHeld())
    if (this.#ready) this.#events.recheck()
  }

  /** Others have taken this process for dead: only what has answered since is held again (P6). */
  #bury(epoch: Epoch): void {
    if (!this.#eraBegun) this.#beginEra()
    this.#connections.countOnlyAnswered()
    this.#stage = { at: 'joining', epoch }
    this.#reincarnate()
    if (this.#ready) this.#events.recheck()
  }

  /** The old incarnation is left to its burial. */
  #reincarnate(): void {
    if (this.#epoch !== null) this.#stage = { at: 'joining', epoch: this.#epoch }
    this.#incarnation = this.#options.newId()
    this.#number = 0
    this.#acknowledged = 0
    this.#mismatches = 0
    this.#outbox.startOver(this.#connections.allHeld())
  }

  #beginEra(): void {
    this.#eraBegun = true
    this.#connections.beginEra()
    this.#events.woke()
  }

  #came(person: Person, now: number): void {
    this.#outbox.mark(person.id)
    if (this.#visible.came(person, now)) this.#events.changed([person.id])
  }

  #say(notice: Notice): void {
    const isNew = this.#notices.isNew(notice)
    if (isNew) this.#outbox.notify(notice)
    if (isNew || notice.kind === 'ended') this.#obey([notice])
  }

  /** Makes true here what notices say. */
  #obey(notices: readonly Notice[]): void {
    const ended: SessionId[] = []
    const directory: DirectoryNews[] = []
    for (const notice of notices) {
      if (notice.kind === 'ended') {
        ended.push(notice.session)
        if (this.#connections.endSession(notice.session)) this.#outbox.mark(notice.id)
        continue
      }
      directory.push({ op: notice.kind, id: notice.id, name: notice.name })
      if (notice.kind === 'added') continue
      for (const session of this.#connections.sessionsOf(notice.id)) {
        ended.push(session)
        if (this.#connections.endSession(session)) this.#outbox.mark(notice.id)
      }
      this.#visible.removed(notice.id)
    }
    if (ended.length > 0) this.#events.ended(ended)
    const gone = directory.filter(({ op }) => op === 'removed').map(({ id }) => id)
    if (gone.length > 0) this.#events.changed(gone)
    if (directory.length > 0) this.#events.directory(directory)
  }

  /** A step of this process made this entry. */
  #made(entry: Entry | null, now: number): void {
    if (entry === null) return
    const seen: { id: UserId; at: number }[] = []
    for (const { kind, id } of entry.changes) {
      if (kind === 'online' || kind === 'offline') seen.push({ id, at: entry.at })
    }
    if (seen.length > 0) this.#events.seen(seen)
    this.#learn(this.#follower.heard(entry, now), now)
  }

  #read(news: News & { loaded: boolean }, now: number): void {
    const at = this.#storeTime(now)
    if (news.loaded && at !== undefined) {
      for (const id of news.changed) this.#recent.set(id, this.#follower.roster.has(id), at)
    }
    this.#learn(news, now)
    if (!news.loaded) return
    if (this.#ready) this.#events.recheck()
    else if (this.#follower.complete) this.#ready = true
  }

  #learn(news: News, now: number): void {
    const notices: Notice[] = []
    const seen: { id: UserId; at: number }[] = []
    for (const { at, changes } of news.entries) {
      for (const change of changes) {
        if (change.kind === 'online' || change.kind === 'offline') {
          this.#recent.set(change.id, change.kind === 'online', at)
          if (this.#outbox.isUnsure(change.id)) seen.push({ id: change.id, at })
        } else if (this.#notices.isNew(change)) notices.push(change)
      }
    }
    for (const id of news.changed) {
      this.#visible.rosterChanged(id, now)
      if (this.#follower.roster.has(id) || !this.#connections.isHeld(id)) continue
      if (!this.#outbox.has(id)) this.#outbox.mark(id)
    }
    if (seen.length > 0) this.#events.seen(seen)
    if (news.changed.length > 0) this.#events.changed(news.changed)
    if (notices.length > 0) this.#obey(notices)
  }

  /**
   * Whoever shows only because of this process and is not held here any more, goes when it is certain that nobody holds him: the roster
   * is in step with the store, and the store knows what this process has to say.
   */
  #settleAhead(certain: boolean): void {
    if (!certain || !this.#follower.inStep) return
    const gone: UserId[] = []
    for (const id of this.#visible.ahead()) {
      if (this.#outbox.has(id)) continue
      if (this.#connections.isHeld(id)) this.#outbox.mark(id)
      else gone.push(id)
    }
    for (const id of gone) this.#visible.drop(id)
    if (gone.length > 0) this.#events.changed(gone)
  }

  #storeTime(now: number): number | undefined {
    return this.#store === null ? undefined : this.#store.at + (now - this.#store.now)
  }

  /** Notices when this process did not run for more than half a lease (P6). */
  #pass(now: number): void {
    const late = now - this.#lastNow
    this.#lastNow = Math.max(this.#lastNow, now)
    if (late <= this.#options.leaseMs / 2) return
    this.#asleep = true
    this.#link.woke()
    this.#connections.delayGraces(late)
    this.#beginEra()
  }

  #judge(now: number): void {
    if (this.#isRight) {
      this.#wrongSince = null
      if (this.#freshness.state === 'live') return
      this.#confirmedAt = now
      this.#setFreshness({ state: 'live', since: now })
      return
    }
    this.#wrongSince ??= now
    const tolerance = Math.min(TOLERANCE_MS, this.#link.beatMs)
    if (this.#freshness.state === 'live' && now - this.#wrongSince >= tolerance) {
      this.#setFreshness({ state: 'stale', since: this.#confirmedAt })
    }
  }

  get #isRight(): boolean {
    if (!this.#follower.inStep || this.#stage.at !== 'member') return false
    return !this.#options.shared || (this.#settled && this.#link.up && this.#link.hears)
  }

  #setFreshness(freshness: Freshness): void {
    this.#freshness = freshness
    this.#events.freshness(freshness)
  }
}

const LANES: readonly Lane[] = ['subscription', 'life', 'batch', 'reading', 'burial', 'probe']
