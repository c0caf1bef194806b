import { setTimeout as sleep } from 'node:timers/promises'

import type { Tab } from './tab.ts'

export interface MoverOptions {
  readonly graceMs: number
  readonly processes: number
  /** Opens a tab at that process. */
  readonly open: (process: number) => Tab
  readonly random: () => number
}

const LIVE_WITHIN_MS = 10_000

/** One who moves at random between processes: over, with a short gap, or away for longer than the grace. */
export class Mover {
  readonly #options: MoverOptions
  #tab: Tab | undefined
  #isOver = false
  #done: Promise<void> = Promise.resolve()

  constructor(options: MoverOptions) {
    this.#options = options
  }

  begin(): void {
    this.#done = this.#move()
  }

  /** Stays wherever he is, which may be away. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#done
  }

  async #move(): Promise<void> {
    const { random, graceMs } = this.#options
    while (!this.#isOver) {
      /* oxlint-disable no-await-in-loop */
      await this.#step(random())
      await sleep(200 + random() * graceMs * 0.4)
      /* oxlint-enable no-await-in-loop */
    }
  }

  async #step(chance: number): Promise<void> {
    const { random, graceMs } = this.#options
    const before = this.#tab
    if (before === undefined) this.#tab = this.#open()
    else if (chance < 0.4) {
      this.#tab = this.#open()
      await this.#untilLive(this.#tab)
      before.close()
    } else if (chance < 0.75) {
      before.close()
      await sleep(random() * graceMs * 0.5)
      this.#tab = this.#open()
    } else {
      before.close()
      this.#tab = undefined
      if (chance > 0.85) await sleep(graceMs * (1 + random()))
    }
  }

  #open(): Tab {
    const { random, processes, open } = this.#options
    return open(Math.floor(random() * processes))
  }

  async #untilLive(tab: Tab): Promise<void> {
    const deadline = performance.now() + LIVE_WITHIN_MS
    // oxlint-disable-next-line no-await-in-loop
    while (!tab.isLive && !this.#isOver && performance.now() < deadline) await sleep(20)
  }
}
