import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 20

/**
 * Until nothing is left of what `wanting` names.
 * @returns how long it took, ms
 * @throws with the first of what is still wanting
 */
export async function until(wanting: () => readonly string[], withinMs: number): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const left = wanting()
    const took = performance.now() - begun
    if (left.length === 0) return took
    if (took > withinMs) throw new Error(`After ${Math.round(took)} ms: ${left.slice(0, 5).join('; ')}`)
    // oxlint-disable-next-line no-await-in-loop
    await sleep(LOOK_MS)
  }
}
