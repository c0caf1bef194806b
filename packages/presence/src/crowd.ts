const MOST_IN_A_LIST = 12

/** A set that is a short list while it is small: most users are looked at by a few connections, some by thousands. */
export class Crowd<W> {
  #few: W[] = []
  #many: Set<W> | null = null

  get size(): number {
    return this.#many?.size ?? this.#few.length
  }

  has(member: W): boolean {
    return this.#many?.has(member) ?? this.#few.includes(member)
  }

  add(member: W): void {
    if (this.#many !== null) this.#many.add(member)
    else if (!this.#few.includes(member) && this.#few.push(member) > MOST_IN_A_LIST) {
      this.#many = new Set(this.#few)
      this.#few = []
    }
  }

  delete(member: W): void {
    if (this.#many !== null) {
      this.#many.delete(member)
      return
    }
    const at = this.#few.indexOf(member)
    const last = this.#few.pop()
    if (at >= 0 && at < this.#few.length && last !== undefined) this.#few[at] = last
    else if (at < 0 && last !== undefined) this.#few.push(last)
  }

  [Symbol.iterator](): IterableIterator<W> {
    return (this.#many ?? this.#few)[Symbol.iterator]()
  }
}
