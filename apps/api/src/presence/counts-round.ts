import type { Counts } from '@rollcall/protocol'

import { SLOTS } from './heartbeat.ts'
import type { Socket } from './socket.ts'
import { countsFrame } from './wire.ts'

export interface CountsRoundOptions {
  readonly everyMs?: number
  readonly counts: () => Counts
  readonly beat: () => number
  /** A part of the sockets, the same ones until they close. */
  readonly slot: (at: number) => Iterable<Socket>
}

/** While it rests, it looks this often an interval whether the counts are others: every look wakes a process that has nothing to do. */
const LOOKS = 5

/**
 * Counts alone go round: each socket has its turn every five seconds, and hears them if they are not those it was told last. When a whole
 * round found nobody to tell, it rests until the counts are others or somebody joins.
 */
export class CountsRound {
  readonly #options: CountsRoundOptions
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined
  #at = 0
  #frame: ReturnType<typeof countsFrame>
  /** So many turns in a row nobody had to be told. */
  #quiet = 0

  constructor(options: CountsRoundOptions) {
    this.#options = options
    this.#everyMs = options.everyMs ?? 5_000
    this.#frame = countsFrame(options.counts())
    this.#plan()
  }

  /** Somebody was welcomed, perhaps with counts that nobody else was told. */
  joined(): void {
    this.#quiet = 0
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #plan(): void {
    const ms = this.#everyMs / (this.#quiet < SLOTS ? SLOTS : LOOKS)
    this.#timer = setTimeout(() => this.#turn(), ms).unref()
  }

  #turn(): void {
    const counts = this.#options.counts()
    if (!this.#isTold(counts)) {
      this.#frame = countsFrame(counts)
      this.#quiet = 0
    }
    if (this.#quiet < SLOTS) this.#visit()
    this.#plan()
  }

  #visit(): void {
    this.#quiet++
    for (const socket of this.#options.slot(this.#at++)) {
      if (this.#isTold(socket)) continue
      // Whoever is slow has its turn again.
      this.#quiet = 0
      if (socket.isOpen && !socket.isSlow) socket.write(this.#frame, this.#options.beat())
    }
  }

  #isTold({ online, total }: Counts): boolean {
    const { counts } = this.#frame
    return counts.online === online && counts.total === total
  }
}
