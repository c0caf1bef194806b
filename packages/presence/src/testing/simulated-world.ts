import type { SessionId, UserId } from '../ports.ts'
import type { Happening, Script } from './scripts.ts'
import {
  GRACE_MS,
  LEASE_MS,
  PROMISED_MS,
  SimulatedJudge,
  type SimulatedConnection,
  type SimulatedUser,
} from './simulated-judge.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { MOST_LATE_MS, SimulatedStore } from './simulated-store.ts'
import { Timeline } from './timeline.ts'

/** Processes, people and a store in which things break, and a judge of every screen. */
export class SimulatedWorld {
  readonly #time = new Timeline()
  readonly #random: () => number
  readonly #store: SimulatedStore
  readonly #processes: SimulatedProcess[] = []
  readonly #judge: SimulatedJudge
  readonly #endedSessions = new Set<SessionId>()
  #ids = 0

  constructor(script: Script) {
    const time = this.#time
    this.#random = pseudoRandom(script.seed)
    this.#store = new SimulatedStore({ time, random: this.#random })
    this.#judge = new SimulatedJudge({ time, store: this.#store, processes: this.#processes, users: 6 })
    for (let i = 0; i < script.processes; i++) this.#start()
    for (const { at, what } of script.happenings) time.plan(at, () => this.#make(what))
  }

  /** What was wrong, and when. */
  get faults(): readonly string[] {
    return this.#judge.faults
  }

  /** All that happened. */
  get trace(): readonly string[] {
    return this.#judge.trace
  }

  /** Runs the script, lets everything heal, and compares all screens with the truth. */
  run(endOfScript: number): void {
    this.#time.runUntil(endOfScript)
    const healed = Math.max(endOfScript, this.#judge.troubleAt) + 15_000
    this.#time.runUntil(healed)
    if (this.#running().length === 0) this.#start()
    this.#time.runUntil(healed + LEASE_MS + PROMISED_MS + 8_000)
    this.#judge.compare()
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
      watcher: this.#judge,
    })
    this.#processes.push(process)
  }

  #running(): SimulatedProcess[] {
    return this.#processes.filter((process) => process.isRunning)
  }

  #make(what: Happening): void {
    this.#judge.note(JSON.stringify(what))
    switch (what.do) {
      case 'open':
        return this.#logIn(pick(this.#judge.users, what.user), what.session, what.process)
      case 'drop':
        return this.#drop(pick(this.#judge.connections, what.connection))
      case 'reload': {
        const connection = pick(this.#judge.connections, what.connection)
        if (connection === undefined) return
        this.#drop(connection)
        this.#reopen(connection, what.process, 100 + this.#random() * 1_500)
        return
      }
      case 'logOut':
        return this.#logOut(pick(this.#judge.connections, what.connection))
      case 'add':
      case 'remove':
        return this.#account(what.do, `account${what.user}`, pick(this.#running(), what.process))
      case 'start':
        if (this.#running().length < 4) this.#start()
        return
      case 'wipe':
        this.#judge.disturb(0)
        this.#store.state.lose()
        return
      case 'freezeStore':
        this.#judge.disturb(what.ms)
        this.#store.freeze(what.ms)
        return
      case 'storeAway':
        this.#judge.disturb(what.ms)
        this.#store.goAway(what.ms)
        return
      default: {
        const process = pick(this.#running(), what.process)
        if (process !== undefined) this.#hurt(process, what)
      }
    }
  }

  #account(what: 'add' | 'remove', id: UserId, by: SimulatedProcess | undefined): void {
    const op = what === 'add' ? 'added' : 'removed'
    const judge = this.#judge
    if (by === undefined || judge.wasSaid(`${op} ${id}`) || judge.wasSaid(`removed ${id}`)) return
    this.#judge.said(by, `${op} ${id}`)
    by[op]({ id, name: 'x' })
  }

  #hurt(process: SimulatedProcess, what: Extract<Happening, { process: number }>): void {
    const { link } = process
    switch (what.do) {
      case 'kill':
        this.#judge.stops(process)
        process.kill()
        for (const connection of this.#of(process)) this.#lost(connection)
        return
      case 'freeze':
        process.freeze(what.ms)
        this.#judge.stops(process)
        return
      case 'drain':
        this.#drain(process)
        return
      case 'cut':
        this.#judge.disturb(what.ms + MOST_LATE_MS)
        link.cut = true
        process.breakSubscription(what.ms + 200)
        this.#time.plan(this.#time.now + what.ms, () => (link.cut = false))
        return
      case 'lose':
        this.#judge.disturb(what.ms + MOST_LATE_MS)
        link.loss = what.share
        this.#time.plan(this.#time.now + what.ms, () => (link.loss = 0))
        return
      case 'unsubscribe':
        this.#judge.disturb(what.ms)
        process.breakSubscription(what.ms)
        return
      case 'deafen':
        this.#judge.disturb(5_000)
        link.deaf = true
        return
      default:
    }
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
    this.#judge.opened({ id, user, session, process })
    process.open(id, session, user.person)
  }

  #reopen(connection: SimulatedConnection, choice: number, ms: number): void {
    this.#time.plan(this.#time.now + ms, () => this.#open(connection.user, connection.session, choice, 10))
  }

  #drop(connection: SimulatedConnection | undefined): void {
    if (connection === undefined) return
    this.#judge.gone(connection, GRACE_MS)
    connection.process.close(connection.id)
  }

  /** The process died: some clients come back elsewhere. */
  #lost(connection: SimulatedConnection): void {
    this.#judge.gone(connection, GRACE_MS)
    if (this.#random() < 0.6) this.#reopen(connection, Math.floor(this.#random() * 4), this.#random() * 3_000)
  }

  #logOut(connection: SimulatedConnection | undefined): void {
    if (connection === undefined) return
    const { user, session } = connection
    const process = pick(this.#running(), this.#ids)
    if (process === undefined) return
    this.#judge.said(process, `ended ${session}`)
    process.endSession(user.person.id, session)
    this.#endedSessions.add(session)
    // What the session check would close within its interval, where a notice gets lost.
    for (const other of this.#judge.connections.filter((one) => one.session === session)) {
      this.#judge.gone(other, 0)
      this.#time.plan(this.#time.now + 1_000, () => other.process.close(other.id))
    }
    this.#judge.loggedOut(user)
  }

  #drain(process: SimulatedProcess): void {
    if (this.#running().length < 2 || process.isDraining) return
    process.drain()
    for (const connection of this.#of(process)) {
      this.#time.plan(this.#time.now + this.#random() * 2_000, () => {
        if (!this.#judge.connections.includes(connection) || process.isGone) return
        this.#judge.gone(connection, Math.max(LEASE_MS, GRACE_MS))
        process.close(connection.id)
        if (this.#random() < 0.8) {
          this.#reopen(connection, Math.floor(this.#random() * 4), this.#random() * 2_000)
        }
      })
    }
    this.#time.plan(this.#time.now + 2_000 + Math.max(LEASE_MS, GRACE_MS) + 1_000, () => {
      if (process.isGone) return
      this.#judge.stops(process)
      process.kill()
      for (const connection of this.#of(process)) this.#lost(connection)
    })
  }

  #of(process: SimulatedProcess): SimulatedConnection[] {
    return this.#judge.connections.filter((connection) => connection.process === process)
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
