import DataLoader from 'dataloader'

import { cookieSigner, hashToken, tokenOf } from '../platform/session-cookie.ts'
import type { StoredSession } from '../platform/sessions.ts'
import type { SessionsRepository } from './sessions-repository.ts'

/** All of them go on in one turn of the event loop. */
const MOST_IN_A_QUERY = 100
/** Between the beginnings of two queries there is at least this much time, ms: whoever comes meanwhile shares the second. */
const GATHER_MS = 25

/** Sessions for websockets: one query for all upgrades that come close together, and one for all that are open. */
export class SessionReader {
  readonly #sessions: SessionsRepository
  readonly #signer: ReturnType<typeof cookieSigner>
  readonly #byToken: DataLoader<string, StoredSession | null>
  /** Queries that are to be made. */
  readonly #waiting: (() => void)[] = []
  #isBusy = false
  #begunAt = -Infinity

  constructor(options: { sessions: SessionsRepository; secret: string }) {
    const { sessions, secret } = options
    this.#sessions = sessions
    this.#signer = cookieSigner(secret)
    this.#byToken = new DataLoader((hashes) => this.#read(hashes), {
      cache: false,
      maxBatchSize: MOST_IN_A_QUERY,
      batchScheduleFn: (query) => {
        this.#waiting.push(query)
        this.#next()
      },
    })
  }

  /**
   * Who the cookie says it is, or null.
   * @param secure whether the request came over https.
   */
  async readSession(cookieHeader: string | undefined, secure: boolean): Promise<StoredSession | null> {
    const token = tokenOf(cookieHeader, secure, this.#signer)
    return token === null ? null : this.#byToken.load(hashToken(token))
  }

  /** Those of the sessions that have ended. It marks the others as used: an open websocket counts as use. */
  endedSessions(ids: readonly string[]): Promise<string[]> {
    return this.#sessions.ended(ids)
  }

  async #read(hashes: readonly string[]): Promise<(StoredSession | null)[]> {
    this.#begunAt = performance.now()
    try {
      const found = await this.#sessions.useAll(hashes)
      return hashes.map((hash) => found.get(hash) ?? null)
    } finally {
      // Those who were found go on first.
      setImmediate(() => {
        this.#isBusy = false
        this.#next()
      })
    }
  }

  /** One query after the other: at once for who comes alone. */
  #next(): void {
    if (this.#isBusy) return
    const query = this.#waiting.shift()
    if (query === undefined) return
    this.#isBusy = true
    const wait = this.#begunAt + GATHER_MS - performance.now()
    if (wait > 0) setTimeout(query, wait)
    else setImmediate(query)
  }
}
