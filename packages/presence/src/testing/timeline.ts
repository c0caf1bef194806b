interface Planned {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** What happens when, in a time that only moves from one event to the next. Events of one moment happen in the order they were planned. */
export class Timeline {
  #now = 0
  #order = 0
  readonly #heap: Planned[] = []

  get now(): number {
    return this.#now
  }

  plan(at: number, run: () => void): void {
    const heap = this.#heap
    const planned = { at: Math.max(at, this.#now), order: this.#order++, run }
    let i = heap.push(planned) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(planned, above)) break
      heap[i] = above
      i = parent
    }
    heap[i] = planned
  }

  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#removeFirst()
      this.#now = next.at
      next.run()
    }
    this.#now = end
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      const left = heap[child]
      const right = heap[child + 1]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child++
      const below = heap[child]
      if (below === undefined || !isBefore(below, last)) break
      heap[i] = below
      i = child
    }
    heap[i] = last
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
