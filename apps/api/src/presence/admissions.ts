import type { SessionId, UserId } from '@rollcall/presence'

export interface AdmissionsOptions {
  readonly perUser: number
  readonly perAddress: number
}

/** A connection on its way: counted, and registered for the end of whatever session it turns out to have (P11). */
export interface Admission {
  readonly address: string
  /** How many sessions had ended when it was registered. */
  readonly registered: number
  user: UserId | null
}

/** Who may connect: counts connections from the first byte on, and remembers the sessions that end while one is on its way. */
export class Admissions {
  readonly #options: AdmissionsOptions
  readonly #perAddress = new Map<string, number>()
  readonly #perUser = new Map<UserId, number>()
  readonly #onTheirWay = new Set<Admission>()
  readonly #ended = new Map<SessionId, number>()
  #endings = 0

  constructor(options: AdmissionsOptions) {
    this.#options = options
  }

  /** Registers a connection before its session is read. Null where this address has too many. */
  begin(address: string): Admission | null {
    const count = this.#perAddress.get(address) ?? 0
    if (count >= this.#options.perAddress) return null
    this.#perAddress.set(address, count + 1)
    const admission = { address, registered: this.#endings, user: null }
    this.#onTheirWay.add(admission)
    return admission
  }

  /** Its session was read. False where this user has too many. */
  claim(admission: Admission, user: UserId): boolean {
    const count = this.#perUser.get(user) ?? 0
    if (count >= this.#options.perUser) return false
    this.#perUser.set(user, count + 1)
    admission.user = user
    return true
  }

  /** Whether the session has ended since the connection was registered: what was read may be older. */
  hasEnded(admission: Admission, session: SessionId): boolean {
    return (this.#ended.get(session) ?? 0) > admission.registered
  }

  /** It is a socket now, registered under its session. */
  arrived(admission: Admission): void {
    this.#onTheirWay.delete(admission)
    if (this.#onTheirWay.size === 0) this.#ended.clear()
  }

  /** It did not get that far. */
  cancel(admission: Admission): void {
    if (!this.#onTheirWay.has(admission)) return
    this.arrived(admission)
    this.leave(admission.address, admission.user)
  }

  /** A connection is gone. */
  leave(address: string, user: UserId | null): void {
    subtract(this.#perAddress, address)
    if (user !== null) subtract(this.#perUser, user)
  }

  ended(sessions: Iterable<SessionId>): void {
    if (this.#onTheirWay.size === 0) return
    this.#endings++
    for (const session of sessions) this.#ended.set(session, this.#endings)
  }
}

function subtract<K>(counts: Map<K, number>, key: K): void {
  const count = counts.get(key) ?? 0
  if (count > 1) counts.set(key, count - 1)
  else counts.delete(key)
}
