import type { Logger } from 'pino'

import type { UserId } from '@rollcall/presence'

/** A user who came or went at `at`, ms. */
export interface Seen {
  readonly id: UserId
  readonly at: number
}

interface LastSeenWriterOptions {
  /** Writes these times where they are later than what stands. */
  readonly write: (seen: readonly Seen[]) => Promise<void>
  readonly everyMs?: number
  /** How many users one statement may name. */
  readonly batch?: number
  /** How many users are kept at most while the database is away; the longest kept give way. */
  readonly most?: number
  readonly log: Pick<Logger, 'warn'>
}

/** Gathers when users came and went, the latest a user, and writes it in batches. */
export class LastSeenWriter {
  readonly #options: Required<LastSeenWriterOptions>
  readonly #kept = new Map<UserId, number>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #isFailing = false

  constructor({ everyMs = 1000, batch = 1000, most = 500_000, ...options }: LastSeenWriterOptions) {
    this.#options = { everyMs, batch, most, ...options }
  }

  add(seen: Iterable<Seen>): void {
    for (const one of seen) this.#keep(one)
    this.#wake()
  }

  /** Writes what is left; what cannot be written now is lost. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#writing
    await this.#writeAll()
    clearTimeout(this.#timer)
  }

  #keep({ id, at }: Seen): void {
    const before = this.#kept.get(id)
    if (before !== undefined && before >= at) return
    this.#kept.delete(id)
    this.#kept.set(id, at)
    if (this.#kept.size <= this.#options.most) return
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
  }

  #wake(): void {
    if (this.#kept.size === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#writing = this.#writeAll().finally(() => {
        this.#writing = undefined
        this.#timer = undefined
        this.#wake()
      })
    }, this.#options.everyMs)
    this.#timer.unref()
  }

  async #writeAll(): Promise<void> {
    while (this.#kept.size > 0) {
      const batch = this.#take()
      try {
        await this.#options.write(batch)
        this.#isFailing = false
      } catch (error) {
        for (const one of batch) this.#keep(one)
        if (!this.#isFailing)
          this.#options.log.warn({ err: error }, 'last seen is kept until it can be written')
        this.#isFailing = true
        return
      }
    }
  }

  /** In the order of ids, so that two processes that name the same users do not wait for each other in a ring. */
  #take(): Seen[] {
    const batch: Seen[] = []
    for (const [id, at] of this.#kept) {
      if (batch.length === this.#options.batch) break
      batch.push({ id, at })
    }
    for (const { id } of batch) this.#kept.delete(id)
    return batch.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  }
}
