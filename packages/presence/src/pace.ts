import { COHORTS } from './cohorts.ts'

/** The least time between two flushes while many changes come, ms. */
const LEAST_BUSY_MS = 50
/** Where telling is dear, so many times as long as it takes … */
const WORK_TO_BUSY = 14
/** … but nobody should wait longer than this for the end of a telling, ms, as long as that can be had. */
const MOST_LATE_MS = 130
/** Telling that takes longer than this, ms, is done a cohort at a time. */
const DEAR_MS = 20
/** Where fewer changes than this would come meanwhile, there is little to gather: the time is shorter in proportion, and all are told at once where fewer than half … */
const MANY = 8
/** … but at least this part of it. */
const LEAST_PART = 1 / 8
/** Over so long it is averaged how often changes come, ms. */
const MEMORY_MS = 500
/** The longest that anybody waits for a change, ms. */
const LONGEST_MS = 1_000
/** How much of its time a process may spend on telling. */
const SHARE = 0.5
/** Telling that may run ahead of that share, ms. */
const CREDIT_MS = 100
/** So many who begin to watch within a second come back together: a storm. */
const STORM = 20
const STORM_MS = 1_000
/** For so long after it, ms, whoever begins to watch may be a straggler of it: the longest back-off of a client. */
const STRAGGLERS_MS = 15_000
/** After somebody began to watch, others may follow: so long, ms, until it is known whether that is a storm. */
const NEWCOMER_MS = 150

/**
 * When the next flush may be. At once when idle; the more changes come, the longer they gather, for some ms to 120 ms, and longer where
 * telling takes more than its share of the time, at most a second. Times are ms of a clock that only rises.
 */
export class Pace {
  #flushedAt = -Infinity
  /** What telling all takes of late, ms. */
  #wholeMs = 0
  /** How many changes come in a ms. */
  #rate = 0
  /** Telling that is not made up for by time passed, ms. */
  #owed = 0
  #owedAt = 0
  /** When the last watchers began, as a ring. */
  readonly #began: number[] = Array.from({ length: STORM }, () => -Infinity)
  #next = 0
  /** When so many began last. */
  #stormAt = -Infinity

  /** A connection has begun to watch somebody. */
  began(now: number): void {
    this.#began[this.#next] = now
    this.#next = (this.#next + 1) % STORM
    if (this.#isDense(now)) this.#stormAt = now
  }

  /** Many watchers return at once: each arrival is news to all before it, so that they are told in seconds, not one by one. */
  isStorm(now: number): boolean {
    return this.#isDense(now) || (this.#lastBegan > now - STORM_MS && this.#stormAt > now - STRAGGLERS_MS)
  }

  #isDense(now: number): boolean {
    return (this.#began[this.#next] ?? -Infinity) > now - STORM_MS
  }

  get #lastBegan(): number {
    return this.#began[(this.#next + STORM - 1) % STORM] ?? -Infinity
  }

  /** A flush of so many changes began at a time, and telling it, to such a share of the watchers, took so many ms of work; to none where only those heard who had waited. */
  flushed(at: number, workMs: number, changes: number, share = 1): void {
    if (share > 0) this.#wholeMs = this.#wholeMs * (1 - share) + workMs
    this.#rate = this.#rateOn(at) + changes / MEMORY_MS
    this.#owed = this.#owedOn(at) + workMs
    this.#owedAt = at
    this.#flushedAt = at
  }

  /** Whether the next flush is better told to one cohort than to all. */
  isInTurns(now: number): boolean {
    return this.#isDear && this.#part(now) >= 1 / 2 && !this.isStorm(now)
  }

  /** When a flush may begin: a time that is not after `now` if it may at once. */
  due(now: number): number {
    if (this.isStorm(now)) return this.#flushedAt + LONGEST_MS
    const wait = (this.#owedOn(now) - CREDIT_MS) / SHARE
    const gathered = this.#busyMs * this.#part(now)
    const gap = this.#lastBegan > now - STORM_MS ? Math.max(NEWCOMER_MS, gathered) : gathered
    const turn = this.isInTurns(now) ? gap / COHORTS : gap
    return Math.min(Math.max(this.#flushedAt + turn, now + wait), this.#flushedAt + LONGEST_MS)
  }

  /** Whether one flush more than the pace allows is cheap, for somebody who asks how things stand now: not where it may become a storm. */
  mayHurry(now: number): boolean {
    const lastButOne = this.#began[(this.#next + STORM - 2) % STORM] ?? -Infinity
    return lastButOne <= now - STORM_MS && this.#owedOn(now) < CREDIT_MS / 2
  }

  /** Between two tellings to one watcher while many changes come, ms. */
  get #busyMs(): number {
    const whole = this.#wholeMs
    const late = this.#isDear ? whole / COHORTS : whole
    return Math.max(LEAST_BUSY_MS, Math.min(whole * WORK_TO_BUSY, MOST_LATE_MS - late))
  }

  get #isDear(): boolean {
    return this.#wholeMs > DEAR_MS
  }

  /** How much of that time it is worth to gather. */
  #part(now: number): number {
    return Math.min(1, Math.max(LEAST_PART, (this.#rateOn(now) * this.#busyMs) / MANY))
  }

  #rateOn(now: number): number {
    return this.#rate * Math.exp((this.#flushedAt - now) / MEMORY_MS)
  }

  #owedOn(now: number): number {
    return Math.max(0, this.#owed - (now - this.#owedAt) * SHARE)
  }
}
