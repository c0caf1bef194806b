import { setTimeout as sleep } from 'node:timers/promises'

import type { Subject } from '../subjects.ts'
import type { Visitor } from './dialects.ts'
import { FrameBook } from './frame-book.ts'
import type { Heard } from './heard.ts'
import { Gathering } from './gathering.ts'
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

const OPEN_MS = 180_000
const QUIET_MS = 1_500
/** Of Rollcall; the peers need not be told. */
export const WATCH_ALL = '{"type":"watch","all":true}'
export const WATCH_NOBODY = '{"type":"watch","users":[]}'

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
  #gathering: Gathering | null = null

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

  /** Each watches something else from now on. Resolves when all were told who of that is online, and nothing more comes. */
  async watch(message: (index: number) => string): Promise<void> {
    await this.#gather((index) => this.#sockets[index]?.say(message(index)))
    await this.settle()
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
    await this.#gather((index) => this.#enter(index))
  }

  /** All of them do something in turn, few at once, until each has had the answer. */
  async #gather(act: (index: number) => void): Promise<void> {
    const gathering = new Gathering(this.#options.visitors.length, act)
    this.#gathering = gathering
    try {
      await gathering.done(OPEN_MS)
    } finally {
      this.#gathering = null
    }
  }

  #enter(index: number): void {
    const { subject, port, visitors, watch } = this.#options
    this.#sockets.push(
      new LightSocket({
        ...subject.dialect.request(visitors[index] ?? null, watch !== null),
        port,
        index,
        book: this.#book,
        events: {
          opened: (socket) => {
            if (watch === null) this.#gathering?.arrived(index)
            else if (subject.name === 'Rollcall') socket.say(watch(index))
          },
          heard: (_socket, heard, bytes) => {
            if (heard.kind === 'snapshot' && heard.isLast) this.#gathering?.arrived(index)
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
