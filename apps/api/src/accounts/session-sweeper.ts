import type { Logger } from '../platform/logger.ts'

const EVERY_MS = 10 * 60_000
const BATCH = 1_000

interface SessionSweeperOptions {
  /** Forgets at most so many expired sessions; answers how many. */
  readonly sweep: (limit: number) => Promise<number>
  readonly log: Pick<Logger, 'warn'>
}

/** Forgets expired sessions now and then, each process at its own times. */
export class SessionSweeper {
  readonly #options: SessionSweeperOptions
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(options: SessionSweeperOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#sweep(), EVERY_MS * (0.5 + Math.random()))
    this.#timer.unref()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #sweep(): Promise<void> {
    try {
      // oxlint-disable-next-line no-await-in-loop
      while (!this.#isStopped && (await this.#options.sweep(BATCH)) === BATCH);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'expired sessions could not be forgotten')
    }
    if (!this.#isStopped) this.start()
  }
}
