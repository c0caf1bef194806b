import type { DirectoryNews } from '../member-events.ts'
import type { Person, SessionId, UserId } from '../ports.ts'
import type { ProcessWatcher, SimulatedProcess } from './simulated-process.ts'
import type { SimulatedStore } from './simulated-store.ts'
import type { Timeline } from './timeline.ts'

export const LEASE_MS = 6_000
export const GRACE_MS = 4_000
export const PROMISED_MS = LEASE_MS + GRACE_MS + 2_000
const SAMPLE_MS = 200
/** A link that loses more is none. */
const BEARABLE_LOSS = 0.02
/** What the sampling of truth may be off, and a beat may be on its way. */
const SLACK_MS = 600
/** So long a departure may be on its way. */
const ON_ITS_WAY_MS = 1_500

export interface SimulatedUser {
  readonly person: Person
  readonly open: Set<string>
  /** When he last had no connection to a process that ran and reached the store, or that only an absence for all kept from it. */
  uncoveredAt: number
  /** When he last had a connection to a process that was not gone. */
  connectedAt: number
  /** When he last dropped at a process that may still hold him for the grace. */
  readonly droppedAt: Map<SimulatedProcess, number>
  /** How many of his sessions ended. */
  endings: number
  /** Until when he may still be seen to go for an absence of before. */
  exposedUntil: number
  /** Until when nobody may see him go, in a world without trouble. */
  protectedUntil: number
}

/** A notice, and who should hear of it. */
interface Said {
  readonly what: string
  readonly at: number
  readonly by: SimulatedProcess
  readonly to: readonly SimulatedProcess[]
}

export interface SimulatedConnection {
  readonly id: string
  readonly user: SimulatedUser
  readonly session: SessionId
  readonly process: SimulatedProcess
}

/** Knows the truth, looks at every screen, and says what is wrong. */
export class SimulatedJudge implements ProcessWatcher {
  readonly faults: string[] = []
  readonly trace: string[] = []
  readonly users: readonly SimulatedUser[]
  readonly connections: SimulatedConnection[] = []
  readonly #time: Timeline
  readonly #store: SimulatedStore
  readonly #processes: readonly SimulatedProcess[]
  /** What each process heard of, as `added account1`. */
  readonly #heard = new Map<SimulatedProcess, Set<string>>()
  readonly #rechecks = new Map<SimulatedProcess, number>()
  readonly #said: Said[] = []
  /** The last moment at which the store, or a link to it, was disturbed. */
  #troubleAt = 0
  #calm = true

  constructor(options: {
    time: Timeline
    store: SimulatedStore
    processes: readonly SimulatedProcess[]
    users: number
  }) {
    this.#time = options.time
    this.#store = options.store
    this.#processes = options.processes
    this.users = Array.from({ length: options.users }, (_, i) => newUser(`user${i}`))
    this.#time.plan(0, () => this.#sample())
  }

  get troubleAt(): number {
    return this.#troubleAt
  }

  /** From now on, and until `ms` from now, more than people and processes are at fault. */
  disturb(ms: number): void {
    this.#calm = false
    this.#troubleAt = Math.max(this.#troubleAt, this.#time.now + ms + 1_000)
  }

  /** Whom it held for the grace, or could not release yet, it holds until it is buried. */
  stops(process: SimulatedProcess): void {
    if (process.thawsAt > this.#time.now) this.#calm = false
    for (const user of this.users) {
      const droppedAt = user.droppedAt.get(process) ?? -Infinity
      const heldMs = process.isDraining ? Infinity : this.#calm ? GRACE_MS + SLACK_MS : PROMISED_MS
      const since = this.#calm ? droppedAt : Math.max(droppedAt, this.#troubleAt)
      if (droppedAt === -Infinity || this.#time.now >= since + heldMs) continue
      user.connectedAt = this.#time.now
      user.droppedAt.set(process, Math.max(droppedAt, process.thawsAt))
    }
  }

  opened(connection: SimulatedConnection): void {
    const { id, user, process } = connection
    this.note(`${user.person.id} opens ${id} at ${process.name}`)
    const wasAway = user.open.size === 0 && this.#time.now >= user.protectedUntil - SAMPLE_MS
    if (wasAway) user.exposedUntil = this.#time.now + ON_ITS_WAY_MS
    this.connections.push(connection)
    user.open.add(id)
  }

  /** Nobody may see him go before `protectedMs` from now. */
  gone(connection: SimulatedConnection, protectedMs: number): void {
    const { id, user, process } = connection
    const now = this.#time.now
    this.note(`${user.person.id} loses ${id} at ${process.name}`)
    this.connections.splice(this.connections.indexOf(connection), 1)
    user.open.delete(id)
    user.connectedAt = now
    user.droppedAt.set(process, Math.max(now, process.thawsAt))
    if (!this.#isCovered(user)) user.uncoveredAt = now
    user.protectedUntil = Math.max(user.protectedUntil, now + protectedMs)
  }

  loggedOut(user: SimulatedUser): void {
    user.protectedUntil = 0
    user.exposedUntil = this.#time.now + ON_ITS_WAY_MS
    user.endings++
  }

  /** `what`, as `added account1`, was said at `by`: all who are ready must hear of it. */
  said(by: SimulatedProcess, what: string): void {
    const to = this.#running().filter((one) => one.isReady)
    this.#said.push({ what, at: this.#time.now, by, to })
  }

  wasSaid(what: string): boolean {
    return this.#said.some((said) => said.what === what)
  }

  note(text: string): void {
    this.trace.push(`${Math.round(this.#time.now)} ${text}`)
  }

  #sample(): void {
    const now = this.#time.now
    for (const user of this.users) {
      if (!this.#isCovered(user)) user.uncoveredAt = now
      if (user.open.size > 0) user.connectedAt = now
      for (const process of this.#running()) {
        const since = Math.max(user.connectedAt, this.#troubleAt, process.runsSince)
        if (now > since + PROMISED_MS && process.isOnline(user.person.id)) {
          this.#fault(`ghost: ${user.person.id} at ${process.name}`)
          user.connectedAt = now
        }
      }
    }
    this.#time.plan(now + SAMPLE_MS, () => this.#sample())
  }

  #isCovered(user: SimulatedUser): boolean {
    for (const { process, user: owner } of this.connections) {
      if (owner === user && this.#reaches(process)) return true
    }
    return false
  }

  #reaches(process: SimulatedProcess): boolean {
    const { cut, loss } = process.link
    if (!process.isRunning || cut || loss > BEARABLE_LOSS) return false
    if (this.#store.isAway) return true
    return this.#time.now - Math.max(process.beatAt, this.#store.returnedAt) <= LEASE_MS / 2
  }

  turned(where: SimulatedProcess, id: UserId, online: boolean): void {
    this.note(`${where.name} shows ${id} ${online ? 'online' : 'offline'}`)
    const user = this.users.find(({ person }) => person.id === id)
    if (online || user === undefined) return
    const now = this.#time.now
    if (!this.#isCovered(user)) user.uncoveredAt = now
    if (now <= user.exposedUntil) return
    if (now - user.uncoveredAt > GRACE_MS + SLACK_MS) {
      this.#fault(`wrong offline: ${id} at ${where.name}`)
    } else if (this.#calm && (user.open.size > 0 || now < user.protectedUntil - SAMPLE_MS)) {
      this.#fault(`flicker: ${id} at ${where.name}`)
    }
  }

  #heardBy(where: SimulatedProcess): Set<string> {
    const known = this.#heard.get(where) ?? new Set()
    this.#heard.set(where, known)
    return known
  }

  ended(where: SimulatedProcess, sessions: readonly SessionId[]): void {
    this.note(`${where.name} hears the end of ${sessions.join(' ')}`)
    for (const session of sessions) this.#heardBy(where).add(`ended ${session}`)
  }

  directory(where: SimulatedProcess, changes: readonly DirectoryNews[]): void {
    const known = this.#heardBy(where)
    for (const { op, id } of changes) {
      this.note(`${where.name} hears ${op} ${id}`)
      if (known.has(`${op} ${id}`)) this.#fault(`${where.name} hears twice: ${op} ${id}`)
      if (op === 'added' && known.has(`removed ${id}`)) this.#fault(`${id} comes back at ${where.name}`)
      known.add(`${op} ${id}`)
    }
  }

  /** Whoever did not hear a notice must have been told to look for itself. */
  #compareNotices(): void {
    for (const { what, at, by, to } of this.#said) {
      if (by.isGone) continue
      for (const process of to) {
        const looked = (this.#rechecks.get(process) ?? -Infinity) >= at
        const heard = this.#heardBy(process)
        // Who heard of the end of an account first, hears no more of its beginning.
        const hears = heard.has(what) || heard.has(what.replace('added', 'removed'))
        if (process.isRunning && !looked && !hears) {
          this.#fault(`${process.name} never hears ${what}`)
        }
      }
    }
  }

  /** All has healed: every screen, and the store, must be the truth. */
  compare(): void {
    this.#compareNotices()
    const truth = this.users.filter(({ open }) => open.size > 0).map(({ person }) => person.id)
    const expected = truth.toSorted().join(' ')
    for (const process of this.#running()) {
      const shown = process.online().toSorted().join(' ')
      if (shown !== expected) this.#fault(`${process.name} shows [${shown}], truth [${expected}]`)
      if (process.onlineCount !== truth.length) this.#fault(`${process.name} counts ${process.onlineCount}`)
      const told = [...process.shown].toSorted().join(' ')
      if (told !== expected) this.#fault(`${process.name} told [${told}], truth [${expected}]`)
      if (!process.isLive || !process.isReady) this.#fault(`${process.name} is not live`)
    }
    const epoch = this.#store.state.epoch()
    const held = epoch === null ? null : this.#store.state.snapshot(epoch)
    const stored = held?.result === 'done' ? held.online.map(({ id }) => id) : []
    if (stored.toSorted().join(' ') !== expected) this.#fault(`the store has [${stored.join(' ')}]`)
  }

  recheck(where: SimulatedProcess): void {
    this.#rechecks.set(where, this.#time.now)
  }

  #running(): SimulatedProcess[] {
    return this.#processes.filter((process) => process.isRunning)
  }

  #fault(text: string): void {
    this.faults.push(`${Math.round(this.#time.now)} ${text}`)
    this.note(`FAULT ${text}`)
  }
}

function newUser(id: UserId): SimulatedUser {
  return {
    person: { id, name: id.toUpperCase() },
    open: new Set(),
    uncoveredAt: 0,
    connectedAt: 0,
    droppedAt: new Map(),
    endings: 0,
    exposedUntil: 0,
    protectedUntil: 0,
  }
}
