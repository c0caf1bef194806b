const LEAST_BURST = 50

/**
 * How many messages a socket may send: so many a second, and a burst of 50 or, if that is more, of a second's. A socket keeps one number: until
 * when what it sent is paid for.
 */
export class MessageBudget {
  readonly #costMs: number
  readonly #aheadMs: number

  constructor(options: { perSecond: number }) {
    this.#costMs = 1_000 / options.perSecond
    this.#aheadMs = this.#costMs * (Math.max(LEAST_BURST, options.perSecond) - 1)
  }

  /** One message at `now`, ms: the new number, or null where it is too much. */
  spend(paidUntil: number, now: number): number | null {
    if (paidUntil - now > this.#aheadMs) return null
    return Math.max(paidUntil, now) + this.#costMs
  }
}
