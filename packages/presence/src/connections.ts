import type { Person, SessionId, UserId } from './ports.ts'

interface HeldUser {
  readonly person: Person
  /** Sessions known here, and how many of them hold him. */
  sessions: number
  holding: number
}

interface HeldSession {
  readonly id: SessionId
  readonly user: HeldUser
  /** Connections that are there, and how many of them count: after a burial only those that have answered (P6). */
  connections: number
  counted: number
  /** When its grace ends, ms; 0 while none runs. */
  due: number
  ended: boolean
}

interface Connection {
  readonly session: HeldSession
  /** The last era in which it answered. */
  era: number
  counts: boolean
}

/**
 * The sockets of this process: user, sessions, connections, and who is held because of them (P1 to P3). Small records and four
 * collections for all: nothing with a timer or a collection of its own belongs to a user, a session or a connection.
 */
export class Connections {
  readonly #users = new Map<UserId, HeldUser>()
  readonly #sessions = new Map<SessionId, HeldSession>()
  readonly #connections = new Map<string, Connection>()
  /** Sessions whose grace runs, the next to end first: each starts its grace no earlier than the one before. */
  readonly #graces = new Set<HeldSession>()
  #held = 0
  #era = 0
  /** How long a session still holds its user after its last connection has dropped. May only grow (P8). */
  graceMs: number

  constructor(options: { graceMs: number }) {
    this.graceMs = options.graceMs
  }

  /** How many users are held. */
  get heldCount(): number {
    return this.#held
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** When the next grace ends, ms; null while none runs. */
  get graceEndsAt(): number | null {
    for (const { due } of this.#graces) return due
    return null
  }

  isHeld(id: UserId): boolean {
    return (this.#users.get(id)?.holding ?? 0) > 0
  }

  /** The person, if he is held. */
  held(id: UserId): Person | undefined {
    const user = this.#users.get(id)
    return user !== undefined && user.holding > 0 ? user.person : undefined
  }

  *allHeld(): Generator<Person> {
    for (const user of this.#users.values()) if (user.holding > 0) yield user.person
  }

  connectionsOf(session: SessionId): number {
    return this.#sessions.get(session)?.connections ?? 0
  }

  /** A connection is there. True if its user was not held before. */
  open(id: string, sessionId: SessionId, person: Person): boolean {
    if (this.#connections.has(id)) return false
    const session = this.#sessions.get(sessionId) ?? this.#addSession(sessionId, person)
    const connection = { session, era: this.#era, counts: false }
    this.#connections.set(id, connection)
    session.connections++
    return this.#count(connection)
  }

  /** A connection dropped, however it closed: the last one of its session starts the grace. */
  close(id: string, now: number): void {
    const connection = this.#connections.get(id)
    if (connection === undefined) return
    this.#connections.delete(id)
    const session = connection.session
    if (session.ended) return
    session.connections--
    if (connection.counts) {
      session.counted--
      if (session.counted === 0) {
        session.due = now + this.graceMs
        this.#graces.add(session)
      }
    }
    this.#forget(session)
  }

  /** A session ended: no grace, neither now nor for what dropped before. True if its user is not held any more. */
  endSession(id: SessionId): boolean {
    const session = this.#sessions.get(id)
    if (session === undefined) return false
    const held = holds(session)
    session.ended = true
    session.counted = 0
    session.due = 0
    this.#graces.delete(session)
    this.#remove(session)
    return held && this.#release(session.user)
  }

  /** All sessions of a user that are known here. A walk over all sessions: for deleted accounts only. */
  sessionsOf(user: UserId): SessionId[] {
    if (!this.#users.has(user)) return []
    return [...this.#sessions.values()].filter((s) => s.user.person.id === user).map((s) => s.id)
  }

  /** Ends the graces that are over. Answers who is not held any more. */
  sweep(now: number): UserId[] {
    const released: UserId[] = []
    for (const session of this.#graces) {
      if (session.due > now) break
      this.#endGrace(session, released)
    }
    return released
  }

  /** Time stood still for this process: the graces that run get it back. */
  delayGraces(ms: number): void {
    for (const session of this.#graces) session.due += ms
  }

  /** From now on only a connection that answers is known to be alive. */
  beginEra(): void {
    this.#era++
  }

  /** This process was buried: graces are over, and connections count when they have answered in this era. Answers who is not held any more. */
  countOnlyAnswered(): UserId[] {
    const released: UserId[] = []
    for (const session of this.#graces) this.#endGrace(session, released)
    for (const connection of this.#connections.values()) {
      if (!connection.counts || connection.era === this.#era) continue
      connection.counts = false
      const session = connection.session
      session.counted--
      if (session.counted === 0 && this.#release(session.user)) released.push(session.user.person.id)
    }
    return released
  }

  /** Something arrived on a connection. Answers its user if he was not held and is now. */
  answered(id: string): UserId | undefined {
    const connection = this.#connections.get(id)
    if (connection === undefined || connection.era === this.#era) return undefined
    connection.era = this.#era
    if (connection.counts || connection.session.ended) return undefined
    return this.#count(connection) ? connection.session.user.person.id : undefined
  }

  #addSession(id: SessionId, person: Person): HeldSession {
    let user = this.#users.get(person.id)
    if (user === undefined) {
      user = { person, sessions: 0, holding: 0 }
      this.#users.set(person.id, user)
    }
    user.sessions++
    const session: HeldSession = { id, user, connections: 0, counted: 0, due: 0, ended: false }
    this.#sessions.set(id, session)
    return session
  }

  #count(connection: Connection): boolean {
    const session = connection.session
    const held = holds(session)
    connection.counts = true
    session.counted++
    session.due = 0
    this.#graces.delete(session)
    if (held) return false
    if (session.user.holding++ > 0) return false
    this.#held++
    return true
  }

  #endGrace(session: HeldSession, released: UserId[]): void {
    session.due = 0
    this.#graces.delete(session)
    if (this.#release(session.user)) released.push(session.user.person.id)
    this.#forget(session)
  }

  /** One session less holds this user. True if none is left. */
  #release(user: HeldUser): boolean {
    if (--user.holding > 0) return false
    this.#held--
    return true
  }

  #forget(session: HeldSession): void {
    if (session.connections === 0 && session.due === 0) this.#remove(session)
  }

  #remove(session: HeldSession): void {
    this.#sessions.delete(session.id)
    if (--session.user.sessions === 0) this.#users.delete(session.user.person.id)
  }
}

function holds(session: HeldSession): boolean {
  return session.counted > 0 || session.due > 0
}
