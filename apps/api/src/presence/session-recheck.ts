import type { SessionId } from '@rollcall/presence'

export interface SessionRecheckOptions {
  readonly everyMs?: number
  /** The sessions of all open sockets. */
  readonly open: () => SessionId[]
  /** Those of them that have ended; rejects where that cannot be said. */
  readonly ended: (sessions: readonly SessionId[]) => Promise<readonly SessionId[]>
  readonly found: (sessions: readonly SessionId[]) => void
  readonly failed: (error: unknown) => void
}

const EVERY_MS = 30_000
const RETRY_MS = 1_000
const MOST_IN_A_QUERY = 10_000

/**
 * Notices of ended sessions can get lost, and sessions expire: all sessions of open sockets are looked up every 30 s, and when asked to (P11). A
 * check that cannot be made ends nothing, and is made again soon.
 */
export class SessionRecheck {
  readonly #options: SessionRecheckOptions
  #timer: NodeJS.Timeout | undefined
  #isRunning = false
  #again = false
  #isStopped = false

  constructor(options: SessionRecheckOptions) {
    this.#options = options
    this.#wait(this.#everyMs)
  }

  get #everyMs(): number {
    return this.#options.everyMs ?? EVERY_MS
  }

  /** Checks now; what is under way may have begun too early, and is followed by another. */
  check(): void {
    if (this.#isStopped) return
    if (this.#isRunning) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    void this.#run()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => void this.#run(), ms).unref()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    this.#again = false
    let next = this.#everyMs
    try {
      await this.#checkAll(this.#options.open())
    } catch (error) {
      this.#options.failed(error)
      next = Math.min(RETRY_MS, this.#everyMs)
    }
    this.#isRunning = false
    if (!this.#isStopped) this.#wait(this.#again ? 0 : next)
  }

  async #checkAll(sessions: readonly SessionId[]): Promise<void> {
    for (let from = 0; from < sessions.length && !this.#isStopped; from += MOST_IN_A_QUERY) {
      const asked = sessions.slice(from, from + MOST_IN_A_QUERY)
      // One query after another: a check is not what the database is there for.
      const ended = await this.#options.ended(asked)
      if (ended.length > 0 && !this.#isStopped) this.#options.found(ended)
    }
  }
}
