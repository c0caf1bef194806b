import type { DirectoryNews } from '../member-events.ts'
import { Member } from '../member.ts'
import type { Person, SessionId, UserId } from '../ports.ts'
import type { SimulatedLink, SimulatedStore } from './simulated-store.ts'
import type { Timeline } from './timeline.ts'

export interface ProcessWatcher {
  /** What this process's screens say about a user has turned. */
  turned(process: SimulatedProcess, user: UserId, online: boolean): void
  ended(process: SimulatedProcess, sessions: readonly SessionId[]): void
  directory(process: SimulatedProcess, changes: readonly DirectoryNews[]): void
  recheck(process: SimulatedProcess): void
}

/** A process with a member in it that can stand still and be killed. What happens to it while it stands still, happens when it goes on. */
export class SimulatedProcess {
  readonly name: string
  readonly link: SimulatedLink = { cut: false, loss: 0, deaf: false, subscribed: false }
  readonly shown = new Set<UserId>()
  readonly #time: Timeline
  readonly #store: SimulatedStore
  readonly #random: () => number
  readonly #member: Member
  readonly #watcher: ProcessWatcher
  /** Connections that are there as far as the other end knows. */
  readonly #open = new Set<string>()
  readonly #inbox: (() => void)[] = []
  #state: 'running' | 'frozen' | 'gone' = 'running'
  #ids = 0
  #stepAt = Infinity
  /** When a beat of it was last answered. */
  beatAt = -Infinity
  /** Since when it runs. */
  runsSince: number
  /** When it last went, or will go, on after standing still. */
  thawsAt = 0

  constructor(options: {
    name: string
    time: Timeline
    store: SimulatedStore
    random: () => number
    leaseMs: number
    graceMs: number
    watcher: ProcessWatcher
  }) {
    this.name = options.name
    this.#time = options.time
    this.#store = options.store
    this.#random = options.random
    this.#watcher = options.watcher
    this.runsSince = options.time.now
    this.#member = new Member({
      leaseMs: options.leaseMs,
      graceMs: options.graceMs,
      shared: true,
      newId: () => `${this.name}.${++this.#ids}`,
      now: this.#time.now,
      events: {
        changed: (ids) => this.#look(ids),
        ended: (sessions) => this.#watcher.ended(this, sessions),
        directory: (changes) => this.#watcher.directory(this, changes),
        freshness: () => {},
        seen: () => {},
        recheck: () => this.#watcher.recheck(this),
        woke: () => this.#ping(),
      },
    })
    this.#store.subscribe({
      link: this.link,
      entry: (entry) => this.#tell(() => this.#member.heard(entry, this.#time.now)),
      probe: (token) => this.#tell(() => this.#member.probed(token, this.#time.now)),
    })
    this.#pump()
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  get isGone(): boolean {
    return this.#state === 'gone'
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen'
  }

  get isReady(): boolean {
    return this.#member.state === 'ready'
  }

  get isDraining(): boolean {
    return this.#member.state === 'draining'
  }

  get isLive(): boolean {
    return this.#member.freshness.state === 'live'
  }

  isOnline(user: UserId): boolean {
    return this.#member.shown.isOnline(user)
  }

  changedAt(user: UserId): number | undefined {
    return this.#member.shown.changedAt(user)
  }

  online(): UserId[] {
    return [...this.#member.shown.people()].map(({ id }) => id)
  }

  get onlineCount(): number {
    return this.#member.shown.count
  }

  open(connection: string, session: SessionId, person: Person): void {
    this.#open.add(connection)
    this.#tell(() => this.#member.open(connection, session, person, this.#time.now))
  }

  close(connection: string): void {
    if (!this.#open.delete(connection)) return
    this.#tell(() => this.#member.close(connection, this.#time.now))
  }

  endSession(user: UserId, session: SessionId): void {
    this.#tell(() => this.#member.endSession(user, session, this.#time.now))
  }

  added(person: Person): void {
    this.#tell(() => this.#member.added(person, this.#time.now))
  }

  removed(person: Person): void {
    this.#tell(() => this.#member.removed(person, this.#time.now))
  }

  drain(): void {
    this.#tell(() => this.#member.drain(this.#time.now))
  }

  freeze(ms: number): void {
    if (this.#state !== 'running') return
    this.#state = 'frozen'
    this.thawsAt = this.#time.now + ms
    this.#time.plan(this.#time.now + ms, () => this.#thaw())
  }

  kill(): void {
    this.#state = 'gone'
  }

  breakSubscription(ms: number): void {
    if (!this.link.subscribed) return
    this.link.subscribed = false
    this.#tell(() => this.#member.unsubscribed(this.#time.now))
    this.#time.plan(this.#time.now + ms, () => this.#resubscribe())
  }

  #resubscribe(): void {
    if (this.link.cut || this.#store.isAway) {
      this.#time.plan(this.#time.now + 200, () => this.#resubscribe())
      return
    }
    this.link.subscribed = true
    this.#tell(() => this.#member.subscribed(this.#time.now))
  }

  #thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'running'
    this.runsSince = this.#time.now
    this.#member.step(this.#time.now)
    this.#pump()
    for (const run of this.#inbox.splice(0)) run()
    this.#pump()
  }

  #step(at: number): void {
    // Another was planned for earlier, instead of this one.
    if (at !== this.#stepAt) return
    this.#stepAt = Infinity
    if (this.#state !== 'running') return
    this.#member.step(this.#time.now)
    this.#pump()
  }

  #planStep(): void {
    const at = this.#member.stepAt(this.#time.now)
    if (at >= this.#stepAt) return
    this.#stepAt = at
    this.#time.plan(at, () => this.#step(at))
  }

  #tell(run: () => void): void {
    if (this.#state === 'gone') return
    if (this.#state === 'frozen') {
      this.#inbox.push(run)
      return
    }
    run()
    this.#pump()
  }

  #pump(): void {
    for (const call of this.#member.next(this.#time.now)) {
      this.#store.call(this.link, call, {
        executed: (answer) => {
          if (answer.kind === 'subscribe') Object.assign(this.link, { subscribed: true, deaf: false })
        },
        answered: (answer) =>
          this.#tell(() => {
            if (answer.kind === 'beat' && answer.answer.result === 'beating') this.beatAt = this.#time.now
            this.#member.answer(answer, this.#time.now)
          }),
        failed: () => this.#tell(() => this.#member.failed(call, this.#time.now)),
      })
    }
    if (this.#member.hasLeft) this.#state = 'gone'
    this.#planStep()
    if (!this.#member.isAsleep) return
    this.#time.plan(this.#time.now, () => this.#tell(() => this.#member.awake(this.#time.now)))
  }

  #ping(): void {
    for (const connection of this.#open) {
      this.#time.plan(this.#time.now + 1 + this.#random() * 60, () => {
        if (!this.#open.has(connection)) return
        this.#tell(() => this.#member.answered(connection, this.#time.now))
      })
    }
  }

  #look(ids: Iterable<UserId>): void {
    for (const id of ids) {
      const online = this.#member.shown.isOnline(id)
      if (online === this.shown.has(id)) continue
      if (online) this.shown.add(id)
      else this.shown.delete(id)
      this.#watcher.turned(this, id, online)
    }
  }
}
