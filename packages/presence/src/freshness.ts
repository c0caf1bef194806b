import type { Freshness } from './member-events.ts'

/** Stale is said when it lasts: a short break of the link is no news, ms. */
const MOST_TOLERANCE_MS = 1_000

/** Says when what a process shows is not known to be right any more, and since when. */
export class FreshnessJudge {
  readonly #toleranceMs: number
  #verdict: Freshness
  /** When the store last confirmed what is shown. */
  #confirmedAt: number
  #wrongSince: number | null = null

  constructor(options: { beatMs: number; now: number }) {
    this.#toleranceMs = Math.min(MOST_TOLERANCE_MS, options.beatMs)
    this.#confirmedAt = options.now
    this.#verdict = { state: 'stale', since: options.now }
  }

  get verdict(): Freshness {
    return this.#verdict
  }

  get confirmedAt(): number {
    return this.#confirmedAt
  }

  /** The store has answered, or a probe has come back. */
  confirm(right: boolean, now: number): void {
    if (right) this.#confirmedAt = now
  }

  /** The verdict, if it is another than before. */
  judge(right: boolean, now: number): Freshness | null {
    if (right) {
      this.#wrongSince = null
      if (this.#verdict.state === 'live') return null
      this.#confirmedAt = now
      return (this.#verdict = { state: 'live', since: now })
    }
    this.#wrongSince ??= now
    if (this.#verdict.state === 'stale' || now - this.#wrongSince < this.#toleranceMs) return null
    return (this.#verdict = { state: 'stale', since: this.#confirmedAt })
  }
}
