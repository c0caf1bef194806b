import { setTimeout as sleep } from 'node:timers/promises'

import type { Subject } from '../subjects.ts'
import type { Visitor } from './dialects.ts'
import { FrameBook } from './frame-book.ts'
import type { Heard } from './heard.ts'
import { LightSocket } from './light-socket.ts'

export interface CrowdOptions {
  readonly subject: Subject
  readonly port: number
  /** Who they are; null for who only watches, where that can be. */
  readonly visitors: readonly (Visitor | null)[]
  /** What each says once he is in, to be told of others; null: he does not watch. */
  readonly watch: ((index: number) => string) | null
}

export type CrowdListener = (index: number, heard: Heard, bytes: number) => void

const AT_ONCE = 100
const OPEN_MS = 180_000
const QUIET_MS = 1_500
/** Of Rollcall; the peers need not be told. */
export const WATCH_ALL = '{"type":"watch","all":true}'

/** Many who come and stay. */
export class Crowd {
  /** Told of each text frame. */
  listener: CrowdListener = () => {}
  #lost = 0
  #newsAt = performance.now()
  #isOver = false
  readonly #options: CrowdOptions
  readonly #book: FrameBook
  readonly #sockets: LightSocket[] = []
  readonly #ready = new Set<number>()

  private constructor(options: CrowdOptions) {
    this.#options = options
    this.#book = new FrameBook(options.subject.dialect.read)
  }

  /** Resolves when all are there and, if they watch, have been told who else is, and nothing more comes. */
  static async open(options: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd(options)
    try {
      await crowd.#open()
      if (options.watch !== null) await crowd.settle()
      return crowd
    } catch (error) {
      crowd.close()
      throw error
    }
  }

  get size(): number {
    return this.#sockets.length
  }

  /** How many were closed by somebody else. */
  get lost(): number {
    return this.#lost
  }

  /** Waits until nobody was told of changes for a while. */
  async settle(): Promise<void> {
    const deadline = performance.now() + OPEN_MS
    while (performance.now() - this.#newsAt < QUIET_MS && performance.now() < deadline) {
      // oxlint-disable-next-line no-await-in-loop
      await sleep(QUIET_MS / 10)
    }
  }

  close(): void {
    this.#isOver = true
    for (const socket of this.#sockets) socket.destroy()
  }

  async #open(): Promise<void> {
    const { visitors } = this.#options
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Of ${visitors.length}, ${this.#ready.size} came in time.`)),
        OPEN_MS,
      )
      const arrived = (index: number) => {
        if (this.#ready.has(index)) return
        this.#ready.add(index)
        if (this.#ready.size === visitors.length) {
          clearTimeout(timer)
          resolve()
        } else if (this.#sockets.length < visitors.length) this.#enter(arrived)
      }
      for (let n = 0; n < Math.min(AT_ONCE, visitors.length); n++) this.#enter(arrived)
    })
  }

  #enter(arrived: (index: number) => void): void {
    const { subject, port, visitors, watch } = this.#options
    const index = this.#sockets.length
    this.#sockets.push(
      new LightSocket({
        ...subject.dialect.request(visitors[index] ?? null, watch !== null),
        port,
        index,
        book: this.#book,
        events: {
          opened: (socket) => {
            if (watch === null) arrived(index)
            else if (subject.name === 'Rollcall') socket.say(watch(index))
          },
          heard: (_socket, heard, bytes) => {
            if (heard.kind === 'snapshot' && heard.isLast) arrived(index)
            if (heard.kind === 'changes') this.#newsAt = performance.now()
            this.listener(index, heard, bytes)
          },
          closed: () => {
            if (!this.#isOver) this.#lost++
          },
        },
      }),
    )
  }
}
