import type { Counts } from '@rollcall/protocol'

import { SLOTS } from './heartbeat.ts'
import type { Socket } from './socket.ts'
import { countsFrame } from './wire.ts'
import type { Frame } from './wire.ts'

export interface CountsRoundOptions {
  readonly everyMs?: number
  readonly counts: () => Counts
  readonly beat: () => number
  /** A part of the sockets, the same ones until they close. */
  readonly slot: (at: number) => Iterable<Socket>
}

/** Counts alone go round: each socket has its turn every five seconds, and hears them if they are not those it was told last. */
export class CountsRound {
  readonly #options: CountsRoundOptions
  readonly #timer: NodeJS.Timeout
  #at = 0
  #frame: Frame | null = null

  constructor(options: CountsRoundOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#turn(), (options.everyMs ?? 5_000) / SLOTS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #turn(): void {
    const { online, total } = this.#options.counts()
    for (const socket of this.#options.slot(this.#at++)) {
      if (socket.online === online && socket.total === total) continue
      // Whoever is slow has its turn again.
      if (socket.isOpen && !socket.isSlow) socket.write(this.#frameOf(online, total), this.#options.beat())
    }
  }

  #frameOf(online: number, total: number): Frame {
    const { counts } = this.#frame ?? {}
    if (this.#frame === null || counts?.online !== online || counts.total !== total) {
      this.#frame = countsFrame({ online, total })
    }
    return this.#frame
  }
}
