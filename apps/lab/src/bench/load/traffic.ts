import { setTimeout as sleep } from 'node:timers/promises'

import type { Subject } from '../subjects.ts'
import type { Visitor } from './dialects.ts'
import { FrameBook } from './frame-book.ts'
import type { Ledger } from './ledger.ts'
import { LightSocket } from './light-socket.ts'

export interface TrafficOptions {
  readonly subject: Subject
  readonly port: number
  readonly movers: readonly Visitor[]
  readonly ledger: Ledger
}

const STEP_MS = 5

/** People who come and go in turn, on time even if those before are late. */
export class Traffic {
  /** Who was to go, and had not come yet. */
  late = 0
  readonly #options: TrafficOptions
  readonly #book: FrameBook
  readonly #sockets = new Map<number, LightSocket>()
  #comes = 0
  #goes = 0

  constructor(options: TrafficOptions) {
    this.#options = options
    this.#book = new FrameBook(options.subject.dialect.read)
  }

  /** Half of them come, at this rate a second. */
  fill(rate: number): Promise<void> {
    return this.#inTurn(Math.floor(this.#options.movers.length / 2), rate, (at) => this.#come(at, false))
  }

  /** So many changes, at this rate a second: one comes, the next goes. */
  flow(count: number, rate: number, isMeasured: boolean): Promise<void> {
    return this.#inTurn(count, rate, (at, n) => {
      if (n % 2 === 0) this.#come(at, isMeasured)
      else this.#go(at, isMeasured)
    })
  }

  /** All who are there go, at this rate a second. */
  drain(rate: number): Promise<void> {
    return this.#inTurn(this.#comes - this.#goes, rate, (at) => this.#go(at, false))
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.destroy()
  }

  async #inTurn(count: number, rate: number, act: (at: number, n: number) => void): Promise<void> {
    const begun = performance.now()
    for (let done = 0; done < count;) {
      const due = Math.min(count, Math.floor(((performance.now() - begun) / 1_000) * rate) + 1)
      for (; done < due; done++) act(begun + (done / rate) * 1_000, done)
      // oxlint-disable-next-line no-await-in-loop
      await sleep(STEP_MS)
    }
  }

  #come(at: number, isMeasured: boolean): void {
    const { subject, port, ledger } = this.#options
    const [index, visitor] = this.#mover(this.#comes++)
    ledger.happened(visitor.name, true, { at, isMeasured })
    this.#sockets.set(
      index,
      new LightSocket({
        ...subject.dialect.request(visitor, false),
        port,
        index,
        book: this.#book,
        events: {},
      }),
    )
  }

  #go(at: number, isMeasured: boolean): void {
    const { subject, ledger } = this.#options
    const [index, visitor] = this.#mover(this.#goes++)
    const socket = this.#sockets.get(index)
    if (socket?.isOpen !== true) this.late++
    socket?.close()
    ledger.happened(visitor.name, false, { at: at + subject.graceMs, isMeasured })
  }

  #mover(turn: number): [number, Visitor] {
    const { movers } = this.#options
    const index = turn % movers.length
    const visitor = movers[index]
    if (visitor === undefined) throw new Error('There is nobody who could move.')
    return [index, visitor]
  }
}
