import type { Logger } from 'pino'

import type { Person } from '@rollcall/presence'

/** An account that was created or deleted, told after the database has committed. */
export interface DirectoryNotice extends Person {
  readonly op: 'added' | 'removed'
}

interface HeadCountOptions {
  /** Asks the database how many accounts there are. */
  readonly ask: () => Promise<number>
  /** How often it is asked where nothing else makes it ask. */
  readonly everyMs?: number
  /** How long those who want to tell a change wait for the database. */
  readonly patienceMs?: number
  readonly log: Pick<Logger, 'warn'>
}

/** How many accounts there are, kept: what is told with a change contains that change. */
export class HeadCount {
  readonly #options: Required<HeadCountOptions>
  #total = 0
  #isKnown = false
  #asking: Promise<number> | undefined
  #askingNext: Promise<number> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({ everyMs = 5000, patienceMs = 1000, ...options }: HeadCountOptions) {
    this.#options = { everyMs, patienceMs, ...options }
  }

  get total(): number {
    return this.#total
  }

  /** False until the database has answered once. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  /** Begins to ask now and then. Resolves after the first attempt, also where it failed. */
  async start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#look(), this.#options.everyMs).unref()
    await this.#look()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /**
   * After it, `total` contains these changes. Never rejects: while the database does not answer they are added to what was known, until it
   * answers again.
   */
  async settle(changes: readonly DirectoryNotice[]): Promise<void> {
    try {
      await within(this.read(), this.#options.patienceMs)
    } catch {
      for (const { op } of changes) this.#total += op === 'added' ? 1 : -1
      this.#total = Math.max(0, this.#total)
    }
  }

  /**
   * The number of accounts, asked for after the call: callers that come while a question is under way share the next one.
   * @throws what the database answered.
   */
  read(): Promise<number> {
    if (this.#asking === undefined) return this.#ask()
    this.#askingNext ??= this.#asking
      .catch(() => {})
      .then(() => {
        this.#askingNext = undefined
        return this.#ask()
      })
    return this.#askingNext
  }

  async #ask(): Promise<number> {
    this.#asking = this.#options.ask()
    try {
      this.#total = await this.#asking
      this.#isKnown = true
      return this.#total
    } finally {
      this.#asking = undefined
    }
  }

  async #look(): Promise<void> {
    try {
      await this.read()
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the number of accounts could not be read')
    }
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
