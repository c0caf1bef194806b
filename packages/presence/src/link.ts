/** At most this long until the store is tried again, ms. */
const MOST_BACK_OFF_MS = 200
const PROBE_MS = 2_000

/** How this process stands to the store: whether it answers, and whether what is published arrives. */
export class Link {
  readonly beatMs: number
  readonly #probeMs: number
  readonly #backOffMs: number
  #up = false
  #subscribed = false
  #deaf = false
  #beatsInARow = 0
  #beatAt = 0
  #retryAt = 0
  #subscribeAt: number | null = 0
  #probeAt = 0
  #probe: { token: string; sentAt: number } | null = null
  #probes = 0

  constructor(options: { leaseMs: number }) {
    this.beatMs = options.leaseMs / 6
    this.#probeMs = Math.min(PROBE_MS, options.leaseMs / 3)
    this.#backOffMs = Math.min(MOST_BACK_OFF_MS, this.beatMs)
  }

  /** The last that is known: the store answers. */
  get up(): boolean {
    return this.#up
  }

  /** What is published arrives here. */
  get hears(): boolean {
    return this.#subscribed && !this.#deaf
  }

  /** Two beats after an outage others have said whom they hold, so that a release says what is true (P7). */
  get calm(): boolean {
    return this.#beatsInARow >= 2
  }

  mayTry(now: number): boolean {
    return now >= this.#retryAt
  }

  beatIsDue(now: number): boolean {
    return now >= this.#beatAt
  }

  /** When the next beat or probe is due, ms. */
  get dueAt(): number {
    return Math.min(this.#beatAt, this.#probeAt)
  }

  /** As soon as possible. */
  beatSoon(): void {
    this.#beatAt = 0
  }

  beatSent(now: number): void {
    this.#beatAt = now + this.beatMs
  }

  /** True if this ended an outage. */
  beatAnswered(): boolean {
    this.#beatsInARow++
    return this.answered()
  }

  /** True if this ended an outage. */
  answered(): boolean {
    const was = this.#up
    this.#up = true
    return !was
  }

  /** The store keeps releases back: it stood still, or something of before came late. */
  disturbed(): void {
    this.#beatsInARow = 0
    this.#beatAt = 0
  }

  backOff(now: number): void {
    this.#retryAt = now + this.#backOffMs
  }

  failed(now: number): void {
    this.#up = false
    this.#beatsInARow = 0
    this.backOff(now)
    this.#beatAt = 0
    this.#probe = null
    this.#probeAt = 0
  }

  wantsSubscription(now: number): boolean {
    return this.#subscribeAt !== null && now >= this.#subscribeAt
  }

  subscribed(): void {
    this.#subscribed = true
    this.#subscribeAt = null
    this.#probe = null
    this.#probeAt = 0
  }

  unsubscribed(): void {
    this.#subscribed = false
  }

  subscriptionFailed(now: number): void {
    this.#subscribeAt = now + MOST_BACK_OFF_MS
  }

  /** The token to publish now, if it is time; a probe that did not come back means that nothing arrives here. */
  probe(owner: string, now: number): string | null {
    if (now < this.#probeAt) return null
    if (this.#probe !== null) {
      this.#deaf = true
      this.#subscribeAt ??= now
    }
    const token = `${owner}.${++this.#probes}`
    this.#probe = { token, sentAt: now }
    this.#probeAt = now + this.#probeMs
    return token
  }

  /** True if the token was the one awaited. */
  probed(token: string): boolean {
    if (this.#probe?.token !== token) return false
    this.#probe = null
    this.#deaf = false
    return true
  }

  /** This process did not run for a while: what did not come back meanwhile proves nothing. */
  woke(): void {
    this.#probe = null
    this.#probeAt = 0
    this.#beatAt = 0
  }
}
