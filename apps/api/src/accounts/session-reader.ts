import DataLoader from 'dataloader'

import { cookieSigner, hashToken, tokenOf } from '../platform/session-cookie.ts'
import type { StoredSession } from '../platform/sessions.ts'
import type { SessionsRepository } from './sessions-repository.ts'

/** All of them go on in one turn of the event loop. */
const MOST_IN_A_QUERY = 100

/** Sessions for websockets: one query for all upgrades of one turn of the event loop, and one for all that are open. */
export class SessionReader {
  readonly #sessions: SessionsRepository
  readonly #signer: ReturnType<typeof cookieSigner>
  readonly #byToken: DataLoader<string, StoredSession | null>

  constructor(options: { sessions: SessionsRepository; secret: string }) {
    const { sessions, secret } = options
    this.#sessions = sessions
    this.#signer = cookieSigner(secret)
    this.#byToken = new DataLoader(
      async (hashes) => {
        const found = await sessions.useAll(hashes)
        return hashes.map((hash) => found.get(hash) ?? null)
      },
      { cache: false, maxBatchSize: MOST_IN_A_QUERY, batchScheduleFn: setImmediate },
    )
  }

  /**
   * Who the cookie says it is, or null.
   * @param secure whether the request came over https.
   */
  async readSession(cookieHeader: string | undefined, secure: boolean): Promise<StoredSession | null> {
    const token = tokenOf(cookieHeader, secure, this.#signer)
    return token === null ? null : this.#byToken.load(hashToken(token))
  }

  /** Those of the sessions that have not ended. It marks them as used: an open websocket counts as use. */
  aliveSessions(ids: readonly string[]): Promise<Set<string>> {
    return this.#sessions.alive(ids)
  }
}
