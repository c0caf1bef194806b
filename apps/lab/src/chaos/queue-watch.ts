import { setTimeout as sleep } from 'node:timers/promises'

import { kernelQueue } from './kernel-queue.ts'

const LOOK_MS = 50
/** Less than this is no room: one answer to a slow reader takes more. */
const ROOM = 65_536

/** Looks again and again at what waits in the kernel from one port to another, until it is stopped. */
export class QueueWatch {
  readonly #levels: { readonly at: number; readonly bytes: number }[] = []
  #isOver = false

  constructor(from: number, to: number) {
    void this.#watch(from, to)
  }

  /** Since when there was no room for more than ever waited: from then on the connection does not drain. */
  get fullSince(): number {
    const most = Math.max(0, ...this.#levels.map(({ bytes }) => bytes))
    const full = this.#levels.find(({ bytes }) => bytes > 0 && bytes > most - ROOM)
    if (full === undefined) throw new Error('Nothing has waited.')
    return full.at
  }

  stop(): void {
    this.#isOver = true
  }

  async #watch(from: number, to: number): Promise<void> {
    while (!this.#isOver) {
      // oxlint-disable-next-line no-await-in-loop
      const bytes = await kernelQueue(from, to)
      this.#levels.push({ at: performance.now(), bytes })
      // oxlint-disable-next-line no-await-in-loop
      await sleep(LOOK_MS)
    }
  }
}
