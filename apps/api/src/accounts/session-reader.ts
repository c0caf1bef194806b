import { hashToken, tokenOf } from '../platform/session-cookie.ts'
import type { SessionsRepository } from './sessions-repository.ts'

export interface ReadSession {
  readonly session: { readonly id: string; readonly expiresAt: Date }
  readonly user: { readonly id: string; readonly username: string }
}

/** Sessions for websockets: one query an upgrade, one query for all that are open. */
export class SessionReader {
  readonly #sessions: SessionsRepository
  readonly #secret: string

  constructor(options: { sessions: SessionsRepository; secret: string }) {
    this.#sessions = options.sessions
    this.#secret = options.secret
  }

  /**
   * Who the cookie says it is, or null.
   * @param secure whether the request came over https.
   */
  async readSession(cookieHeader: string | undefined, secure: boolean): Promise<ReadSession | null> {
    const token = tokenOf(cookieHeader, secure, this.#secret)
    if (token === null) return null
    const stored = await this.#sessions.use(hashToken(token))
    return stored === null
      ? null
      : { session: { id: stored.id, expiresAt: stored.expiresAt }, user: stored.user }
  }

  /** Those of the sessions that have not ended. It marks them as used: an open websocket counts as use. */
  aliveSessions(ids: readonly string[]): Promise<Set<string>> {
    return this.#sessions.alive(ids)
  }
}
