/** Waits for something to become true: long enough for the slowest machine, and no longer than needed. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`this did not become true: ${String(condition)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** All that was said so far has arrived, and so has what would have been told by now if it were told. */
export function aWhile(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
