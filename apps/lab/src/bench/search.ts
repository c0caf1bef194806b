export interface SearchOptions<T> {
  readonly first: number
  readonly most: number
  readonly tries: number
  /** What it found where it held; null where it did not. */
  readonly attempt: (value: number) => Promise<T | null>
}

const STEP = 1.5
const CLOSE = 1.06

/** The highest value that holds, to some six of a hundred, as far as the tries reach; null where none held. */
export async function highest<T>({ first, most, tries, attempt }: SearchOptions<T>): Promise<T | null> {
  let held = 0
  let failed = Infinity
  let best: T | null = null
  let value = first
  for (let left = tries; left > 0; left--) {
    // oxlint-disable-next-line no-await-in-loop
    const found = await attempt(value)
    if (found === null) failed = value
    else {
      held = value
      best = found
    }
    if (held >= most || failed / held < CLOSE) break
    if (failed === Infinity) value = Math.min(held * STEP, most)
    else value = held === 0 ? failed / STEP : Math.sqrt(held * failed)
  }
  return best
}
