import { setTimeout as sleep } from 'node:timers/promises'

import type { ApiProcess } from './api-process.ts'

const LOOK_MS = 200

/** Looks at the memory of processes again and again, until it is stopped. */
export class MemoryWatch {
  /** The most that any of them held, MiB. */
  peak = 0
  #isOver = false

  constructor(processes: readonly ApiProcess[]) {
    void this.#watch(processes)
  }

  stop(): void {
    this.#isOver = true
  }

  async #watch(processes: readonly ApiProcess[]): Promise<void> {
    while (!this.#isOver) {
      // oxlint-disable-next-line no-await-in-loop
      const held = await Promise.all(processes.map((process) => process.memory()))
      this.peak = Math.max(this.peak, ...held.map((memory) => memory ?? 0))
      // oxlint-disable-next-line no-await-in-loop
      await sleep(LOOK_MS)
    }
  }
}
