const AT_ONCE = 100

/** Many do the same in turn, so many at once; each makes room for the next when it has arrived. */
export class Gathering {
  readonly #size: number
  readonly #act: (index: number) => void
  readonly #arrived = new Set<number>()
  readonly #all = Promise.withResolvers<void>()
  #begun = 0

  constructor(size: number, act: (index: number) => void) {
    this.#size = size
    this.#act = act
  }

  /** Begins; resolves when all have arrived, rejects when they take too long. */
  async done(deadlineMs: number): Promise<void> {
    const tooLate = () => new Error(`Of ${this.#size}, ${this.#arrived.size} came in time.`)
    const timer = setTimeout(() => this.#all.reject(tooLate()), deadlineMs)
    if (this.#size === 0) this.#all.resolve()
    while (this.#begun < Math.min(AT_ONCE, this.#size)) this.#next()
    try {
      await this.#all.promise
    } finally {
      clearTimeout(timer)
    }
  }

  arrived(index: number): void {
    if (this.#arrived.has(index)) return
    this.#arrived.add(index)
    if (this.#arrived.size === this.#size) this.#all.resolve()
    else if (this.#begun < this.#size) this.#next()
  }

  #next(): void {
    this.#act(this.#begun++)
  }
}
