/** The least time between two flushes while changes come, ms. */
const BUSY_MS = 50
/** The longest that anybody waits for a change, ms. */
const LONGEST_MS = 1_000
/** How much of its time a process may spend on telling. */
const SHARE = 0.5
/** Telling that may run ahead of that share, ms. */
const CREDIT_MS = 100
/** So many who begin to watch within a second come back together: a storm. */
const STORM = 20
const STORM_MS = 1_000

/**
 * When the next flush may be. At once when idle; while busy changes gather, for 50 ms at first, and longer where telling takes more
 * than its share of the time, at most a second. Times are ms of a clock that only rises.
 */
export class Pace {
  #flushedAt = -Infinity
  /** Telling that is not made up for by time passed, ms. */
  #owed = 0
  #owedAt = 0
  /** When the last watchers began, as a ring. */
  readonly #began: number[] = Array.from({ length: STORM }, () => -Infinity)
  #next = 0

  /** A connection has begun to watch somebody. */
  began(now: number): void {
    this.#began[this.#next] = now
    this.#next = (this.#next + 1) % STORM
  }

  /** Many watchers return at once: each arrival is news to all before it, so that they are told in seconds, not one by one. */
  isStorm(now: number): boolean {
    return (this.#began[this.#next] ?? -Infinity) > now - STORM_MS
  }

  /** A flush began at a time, and telling it took so many ms of work. */
  flushed(at: number, workMs: number): void {
    this.#owed = this.#owedOn(at) + workMs
    this.#owedAt = at
    this.#flushedAt = at
  }

  /** When a flush may begin: a time that is not after `now` if it may at once. */
  due(now: number): number {
    if (this.isStorm(now)) return this.#flushedAt + LONGEST_MS
    const wait = (this.#owedOn(now) - CREDIT_MS) / SHARE
    return Math.min(Math.max(this.#flushedAt + BUSY_MS, now + wait), this.#flushedAt + LONGEST_MS)
  }

  /** Whether one flush more than the pace allows is cheap, for somebody who asks how things stand now: not where it may become a storm. */
  mayHurry(now: number): boolean {
    const lastButOne = this.#began[(this.#next + STORM - 2) % STORM] ?? -Infinity
    return lastButOne <= now - STORM_MS && this.#owedOn(now) < CREDIT_MS / 2
  }

  #owedOn(now: number): number {
    return Math.max(0, this.#owed - (now - this.#owedAt) * SHARE)
  }
}
