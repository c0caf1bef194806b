/** A time that only moves when it is told to, ms. */
export class ManualClock {
  #now: number

  constructor(now = 0) {
    this.#now = now
  }

  readonly now = (): number => this.#now

  advance(ms: number): number {
    this.#now += ms
    return this.#now
  }
}
