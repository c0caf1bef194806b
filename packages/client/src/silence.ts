/**
 * Tells whether a connection has fallen silent. Looked at every half heartbeat: a process or page that slept or was busy finds an old
 * time and waiting messages, so time alone does not count, several looks without a message must come to it.
 */
export class Silence {
  #heardAt: number
  #looks = 0
  readonly #limitMs: number

  /** @param limitMs two heartbeats. @param now ms */
  constructor(limitMs: number, now: number) {
    this.#limitMs = limitMs
    this.#heardAt = now
  }

  heard(now: number): void {
    this.#heardAt = now
    this.#looks = 0
  }

  /** A look of the regular kind: true when the connection is lost. */
  look(now: number): boolean {
    this.#looks++
    return this.#looks >= 3 && this.isLong(now)
  }

  /** By the clock alone; a clock that went back begins anew. */
  isLong(now: number): boolean {
    if (now < this.#heardAt) this.#heardAt = now
    return now - this.#heardAt >= this.#limitMs
  }
}
