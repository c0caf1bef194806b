import type { DirectoryNews } from '../member-events.ts'
import type { Person, SessionId, UserId } from '../ports.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { MOST_LATE_MS, SimulatedStore } from './simulated-store.ts'
import { Timeline } from './timeline.ts'

/** What may happen; numbers choose among what is there. */
export type Happening =
  | { readonly do: 'open'; readonly user: number; readonly session: number; readonly process: number }
  | { readonly do: 'drop' | 'reload' | 'logOut'; readonly connection: number; readonly process: number }
  | { readonly do: 'add' | 'remove'; readonly user: number; readonly process: number }
  | { readonly do: 'kill' | 'drain' | 'deafen'; readonly process: number }
  | { readonly do: 'start' | 'wipe' }
  | { readonly do: 'freeze' | 'cut' | 'unsubscribe'; readonly process: number; readonly ms: number }
  | { readonly do: 'lose'; readonly process: number; readonly ms: number; readonly share: number }
  | { readonly do: 'freezeStore' | 'storeAway'; readonly ms: number }

export interface Script {
  readonly seed: number
  readonly processes: number
  readonly happenings: readonly { readonly at: number; readonly what: Happening }[]
}

interface SimulatedUser {
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

interface SimulatedConnection {
  readonly id: string
  readonly user: SimulatedUser
  readonly session: SessionId
  readonly process: SimulatedProcess
}

const LEASE_MS = 6_000
const GRACE_MS = 4_000
const SAMPLE_MS = 200
const PROMISED_MS = LEASE_MS + GRACE_MS + 2_000
/** A link that loses more is none. */
const BEARABLE_LOSS = 0.02
/** What the sampling of truth may be off, and a beat may be on its way. */
const SLACK_MS = 600

/** Processes, people and a store in which things break, and a judge of every screen. */
export class SimulatedWorld {
  readonly faults: string[] = []
  readonly trace: string[] = []
  readonly #time = new Timeline()
  readonly #random: () => number
  readonly #store: SimulatedStore
  readonly #processes: SimulatedProcess[] = []
  readonly #users: SimulatedUser[] = []
  readonly #connections: SimulatedConnection[] = []
  readonly #endedSessions = new Set<SessionId>()
  readonly #directory = new Map<string, Set<string>>()
  #ids = 0
  /** The last moment at which the store, or a link to it, was disturbed. */
  #troubleAt = 0
  #calm = true

  constructor(script: Script) {
    this.#random = pseudoRandom(script.seed)
    this.#store = new SimulatedStore({ time: this.#time, random: this.#random })
    for (let i = 0; i < script.processes; i++) this.#start()
    for (let i = 0; i < 6; i++) this.#addUser(`user${i}`)
    for (const { at, what } of script.happenings) this.#time.plan(at, () => this.#make(what))
    this.#time.plan(0, () => this.#sample())
  }

  /** Runs the script, lets everything heal, and compares all screens with the truth. */
  run(endOfScript: number): void {
    this.#time.runUntil(endOfScript)
    const healed = Math.max(endOfScript, this.#troubleAt) + 15_000
    this.#time.runUntil(healed)
    if (this.#running().length === 0) this.#start()
    this.#time.runUntil(healed + LEASE_MS + PROMISED_MS + 8_000)
    this.#compare()
  }

  #start(): void {
    const name = `p${++this.#ids}`
    const random = this.#random
    const process = new SimulatedProcess({
      name,
      time: this.#time,
      store: this.#store,
      random,
      leaseMs: LEASE_MS,
      graceMs: GRACE_MS,
      watcher: {
        turned: (where, user, online) => this.#turned(where, user, online),
        ended: (where, sessions) => this.#ended(where, sessions),
        directory: (where, changes) => this.#heard(where, changes),
      },
    })
    this.#processes.push(process)
  }

  #addUser(id: UserId): void {
    this.#users.push({
      person: { id, name: id.toUpperCase() },
      open: new Set(),
      uncoveredAt: 0,
      connectedAt: 0,
      droppedAt: new Map(),
      endings: 0,
      exposedUntil: 0,
      protectedUntil: 0,
    })
  }

  #running(): SimulatedProcess[] {
    return this.#processes.filter((process) => process.isRunning)
  }

  #make(what: Happening): void {
    this.#note(JSON.stringify(what))
    switch (what.do) {
      case 'open':
        return this.#logIn(pick(this.#users, what.user), what.session, what.process)
      case 'drop':
        return this.#drop(pick(this.#connections, what.connection))
      case 'reload': {
        const connection = pick(this.#connections, what.connection)
        if (connection === undefined) return
        this.#drop(connection)
        this.#reopen(connection, what.process, 100 + this.#random() * 1_500)
        return
      }
      case 'logOut':
        return this.#logOut(pick(this.#connections, what.connection))
      case 'add':
        return pick(this.#running(), what.process)?.added({ id: `account${what.user}`, name: 'x' })
      case 'remove':
        return pick(this.#running(), what.process)?.removed({ id: `account${what.user}`, name: 'x' })
      case 'start':
        if (this.#running().length < 4) this.#start()
        return
      case 'wipe':
        this.#disturb(0)
        this.#store.state.lose()
        return
      case 'freezeStore':
        this.#disturb(what.ms)
        this.#store.freeze(what.ms)
        return
      case 'storeAway':
        this.#disturb(what.ms)
        this.#store.goAway(what.ms)
        return
      default: {
        const process = pick(this.#running(), what.process)
        if (process !== undefined) this.#hurt(process, what)
      }
    }
  }

  #hurt(process: SimulatedProcess, what: Extract<Happening, { process: number }>): void {
    const { link } = process
    switch (what.do) {
      case 'kill':
        this.#stops(process)
        process.kill()
        for (const connection of this.#of(process)) this.#lost(connection)
        return
      case 'freeze':
        this.#calm = false
        this.#stops(process)
        process.freeze(what.ms)
        return
      case 'drain':
        this.#drain(process)
        return
      case 'cut':
        this.#disturb(what.ms + MOST_LATE_MS)
        link.cut = true
        process.breakSubscription(what.ms + 200)
        this.#time.plan(this.#time.now + what.ms, () => (link.cut = false))
        return
      case 'lose':
        this.#disturb(what.ms + MOST_LATE_MS)
        link.loss = what.share
        this.#time.plan(this.#time.now + what.ms, () => (link.loss = 0))
        return
      case 'unsubscribe':
        this.#disturb(what.ms)
        process.breakSubscription(what.ms)
        return
      case 'deafen':
        this.#disturb(5_000)
        link.deaf = true
        return
      default:
    }
  }

  /** Whom it held for the grace, or could not release yet, it holds until it is buried. */
  #stops(process: SimulatedProcess): void {
    for (const user of this.#users) {
      const droppedAt = user.droppedAt.get(process) ?? -Infinity
      const heldMs = process.isDraining ? Infinity : this.#calm ? GRACE_MS + SLACK_MS : PROMISED_MS
      if (this.#time.now < droppedAt + heldMs) user.connectedAt = this.#time.now
    }
  }

  #disturb(ms: number): void {
    this.#calm = false
    this.#troubleAt = Math.max(this.#troubleAt, this.#time.now + ms + 1_000)
  }

  #logIn(user: SimulatedUser | undefined, session: number, choice: number): void {
    if (user !== undefined) this.#open(user, `${user.person.id}.${session}.${user.endings}`, choice, 10)
  }

  #open(user: SimulatedUser, session: SessionId, choice: number, tries: number): void {
    if (tries === 0 || this.#endedSessions.has(session)) return
    const process = pick(
      this.#running().filter((one) => one.isReady),
      choice,
    )
    if (process === undefined) {
      this.#time.plan(this.#time.now + 500, () => this.#open(user, session, choice, tries - 1))
      return
    }
    const id = `c${++this.#ids}`
    this.#note(`${user.person.id} opens ${id} at ${process.name}`)
    this.#connections.push({ id, user, session, process })
    const wasAway = user.open.size === 0 && this.#time.now >= user.protectedUntil - SAMPLE_MS
    if (wasAway) user.exposedUntil = this.#time.now + 1_500
    user.open.add(id)
    process.open(id, session, user.person)
  }

  #reopen(connection: SimulatedConnection, choice: number, ms: number): void {
    this.#time.plan(this.#time.now + ms, () => this.#open(connection.user, connection.session, choice, 10))
  }

  #drop(connection: SimulatedConnection | undefined): void {
    if (connection === undefined) return
    this.#gone(connection, GRACE_MS)
    connection.process.close(connection.id)
  }

  #gone(connection: SimulatedConnection, protectedMs: number): void {
    this.#note(`${connection.user.person.id} loses ${connection.id} at ${connection.process.name}`)
    this.#connections.splice(this.#connections.indexOf(connection), 1)
    connection.user.open.delete(connection.id)
    connection.user.connectedAt = this.#time.now
    const { process } = connection
    connection.user.droppedAt.set(process, Math.max(this.#time.now, process.thawsAt))
    if (!this.#isCovered(connection.user)) connection.user.uncoveredAt = this.#time.now
    connection.user.protectedUntil = Math.max(connection.user.protectedUntil, this.#time.now + protectedMs)
  }

  /** The process died: some clients come back elsewhere. */
  #lost(connection: SimulatedConnection): void {
    this.#gone(connection, GRACE_MS)
    if (this.#random() < 0.6) this.#reopen(connection, Math.floor(this.#random() * 4), this.#random() * 3_000)
  }

  #logOut(connection: SimulatedConnection | undefined): void {
    if (connection === undefined) return
    const { user, session } = connection
    const process = pick(this.#running(), this.#ids)
    if (process === undefined) return
    process.endSession(user.person.id, session)
    this.#endedSessions.add(session)
    // What the session check would close within its interval, where a notice gets lost.
    for (const other of this.#connections.filter((one) => one.session === session)) {
      this.#gone(other, 0)
      this.#time.plan(this.#time.now + 1_000, () => other.process.close(other.id))
    }
    user.protectedUntil = 0
    user.exposedUntil = this.#time.now + 1_500
    user.endings++
  }

  #drain(process: SimulatedProcess): void {
    if (this.#running().length < 2 || process.isDraining) return
    process.drain()
    for (const connection of this.#of(process)) {
      this.#time.plan(this.#time.now + this.#random() * 2_000, () => {
        if (!this.#connections.includes(connection) || process.isGone) return
        this.#gone(connection, Math.max(LEASE_MS, GRACE_MS))
        process.close(connection.id)
        if (this.#random() < 0.8) {
          this.#reopen(connection, Math.floor(this.#random() * 4), this.#random() * 2_000)
        }
      })
    }
    this.#time.plan(this.#time.now + 2_000 + Math.max(LEASE_MS, GRACE_MS) + 1_000, () => {
      if (process.isGone) return
      this.#stops(process)
      process.kill()
      for (const connection of this.#of(process)) this.#lost(connection)
    })
  }

  #of(process: SimulatedProcess): SimulatedConnection[] {
    return this.#connections.filter((connection) => connection.process === process)
  }

  #sample(): void {
    const now = this.#time.now
    for (const user of this.#users) {
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
    for (const { process, user: owner } of this.#connections) {
      if (owner === user && this.#reaches(process)) return true
    }
    return false
  }

  #reaches(process: SimulatedProcess): boolean {
    const { cut, loss } = process.link
    if (!process.isRunning || cut || loss > BEARABLE_LOSS) return false
    if (this.#store.isAway) return true
    return this.#time.now - Math.max(process.beatAt, this.#troubleForAll()) <= LEASE_MS / 2
  }

  #troubleForAll(): number {
    return this.#store.returnedAt
  }

  #turned(where: SimulatedProcess, id: UserId, online: boolean): void {
    this.#note(`${where.name} shows ${id} ${online ? 'online' : 'offline'}`)
    const user = this.#users.find(({ person }) => person.id === id)
    if (online || user === undefined) return
    const now = this.#time.now
    if (!this.#isCovered(user)) user.uncoveredAt = now
    // A process that was cut off learns late what was right when it happened.
    const at = Math.min(now, where.changedAt(id) ?? now)
    if (at - user.uncoveredAt > GRACE_MS + SLACK_MS) {
      this.#fault(`wrong offline: ${id} at ${where.name}`)
    } else if (
      this.#calm &&
      now > user.exposedUntil &&
      (user.open.size > 0 || now < user.protectedUntil - SAMPLE_MS)
    ) {
      this.#fault(`flicker: ${id} at ${where.name}`)
    }
  }

  #ended(where: SimulatedProcess, sessions: readonly SessionId[]): void {
    this.#note(`${where.name} hears the end of ${sessions.join(' ')}`)
  }

  #heard(where: SimulatedProcess, changes: readonly DirectoryNews[]): void {
    const known = this.#directory.get(where.name) ?? new Set()
    this.#directory.set(where.name, known)
    for (const { op, id } of changes) {
      this.#note(`${where.name} hears ${op} ${id}`)
      if (known.has(`${op} ${id}`)) this.#fault(`${where.name} hears twice: ${op} ${id}`)
      if (op === 'added' && known.has(`removed ${id}`)) this.#fault(`${id} comes back at ${where.name}`)
      known.add(`${op} ${id}`)
    }
  }

  #compare(): void {
    const truth = this.#users.filter(({ open }) => open.size > 0).map(({ person }) => person.id)
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

  #fault(text: string): void {
    this.faults.push(`${Math.round(this.#time.now)} ${text}`)
    this.#note(`FAULT ${text}`)
  }

  #note(text: string): void {
    this.trace.push(`${Math.round(this.#time.now)} ${text}`)
  }
}

function pick<T>(from: readonly T[], choice: number): T | undefined {
  return from[choice % from.length]
}

/** Mulberry32: small, and the same everywhere. */
function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
