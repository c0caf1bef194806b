import { setTimeout as sleep } from 'node:timers/promises'

import { expect } from 'vitest'

const WITHIN_MS = 45_000
const EVERY_MS = 50

/** Waits for what comes sooner or later, on a busy machine too. @param instead what to say is there when it does not come */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  instead: () => Promise<string> = () => Promise.resolve(''),
): Promise<void> {
  const deadline = Date.now() + WITHIN_MS
  // oxlint-disable-next-line no-await-in-loop
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${WITHIN_MS} ms: ${what}. ${await instead()}`)
    await sleep(EVERY_MS)
  }
}

/** As `expect`, of what comes sooner or later. */
export function eventually<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: WITHIN_MS, interval: EVERY_MS })
}
