/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
  return (upper + lower) / 2
}

const BINS_PER_MS = 10
const LONGEST_MS = 10_000

/** Durations in bins of 0.1 ms, up to ten seconds: as many as there are, without keeping each. */
export class Durations {
  readonly #bins = new Uint32Array(BINS_PER_MS * LONGEST_MS + 1)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(ms: number): void {
    const bin = Math.floor(Math.min(Math.max(ms, 0), LONGEST_MS) * BINS_PER_MS)
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1
    this.#count++
  }

  /** ms that this share of them took at most; NaN of none. */
  quantile(share: number): number {
    let left = Math.ceil(this.#count * share)
    if (left === 0) return NaN
    for (const [bin, count] of this.#bins.entries()) {
      left -= count
      if (left <= 0) return (bin + 1) / BINS_PER_MS
    }
    return NaN
  }
}
