import type { Subject } from '../subjects.ts'
import { WATCH_ALL } from './crowd.ts'
import type { Visitor } from './dialects.ts'
import type { FrameBook } from './frame-book.ts'
import type { Heard } from './heard.ts'
import { LightSocket } from './light-socket.ts'

export interface ReturnerOptions {
  readonly subject: Subject
  readonly port: number
  readonly visitor: Visitor
  readonly book: FrameBook
  /** The places of all who may be on the screen, by name. */
  readonly places: ReadonlyMap<string, number>
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
const SECOND_MS = 1_000
/** Who closes on purpose says when to come back; who vanishes does not. */
const DOUBLE = 2

/** The places of those whom a frame names. */
const placesOf = new WeakMap<Heard, Int32Array>()

/** One who watches everybody, keeps a screen, and comes back when the connection breaks. */
export class Returner {
  /** What was said since this was set to nothing. */
  tally = newTally()
  /** When the screen changed last. */
  newsAt = performance.now()
  readonly #options: ReturnerOptions
  readonly #screen: Uint8Array
  #shown = 0
  #socket: LightSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #waitMs = FIRST_WAIT_MS
  #isComplete = false
  #isOver = false

  constructor(options: ReturnerOptions) {
    this.#options = options
    this.#screen = new Uint8Array(options.places.size)
  }

  /** Connected, told everything, and everybody is on the screen. */
  get isRight(): boolean {
    return this.#isComplete && this.#shown === this.#screen.length
  }

  connect(): void {
    const { subject, port, visitor, book } = this.#options
    this.#socket = new LightSocket({
      ...subject.dialect.request(visitor, true),
      port,
      index: 0,
      book,
      events: {
        opened: (socket) => {
          this.#waitMs = FIRST_WAIT_MS
          if (subject.name === 'Rollcall') socket.say(WATCH_ALL)
        },
        heard: (_socket, heard, bytes) => this.#hear(heard, bytes),
        closed: () => this.#comeBack(),
      },
    })
  }

  close(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  #comeBack(): void {
    this.#isComplete = false
    if (this.#isOver) return
    this.#timer = setTimeout(() => this.connect(), Math.random() * this.#waitMs)
    this.#waitMs = Math.min(this.#waitMs * DOUBLE, LONGEST_WAIT_MS)
  }

  #hear(heard: Heard, bytes: number): void {
    const { tally } = this
    tally.messages++
    tally.bytes += bytes
    if (heard.kind === 'welcome' || heard.kind === 'snapshot') tally.answers++
    if (heard.kind === 'changes') this.#hearChanges(heard)
    if (heard.kind !== 'snapshot') return
    this.newsAt = performance.now()
    if (heard.isFirst) this.#clear()
    for (const place of this.#placesOf(heard)) this.#show(place, 1)
    if (heard.isLast) this.#isComplete = true
  }

  #hearChanges(heard: Extract<Heard, { kind: 'changes' }>): void {
    const { changes } = heard
    const { tally } = this
    this.newsAt = performance.now()
    if (this.newsAt - tally.secondBegan >= SECOND_MS) {
      tally.secondBegan = this.newsAt
      tally.inSecond = 0
    }
    tally.mostInASecond = Math.max(tally.mostInASecond, ++tally.inSecond)
    const places = this.#placesOf(heard)
    for (const [n, { online }] of changes.entries()) this.#show(places[n] ?? -1, online ? 1 : 0)
  }

  #clear(): void {
    this.#screen.fill(0)
    this.#shown = 0
  }

  /** Looked up once for what many hear. */
  #placesOf(heard: Extract<Heard, { kind: 'changes' | 'snapshot' }>): Int32Array {
    let known = placesOf.get(heard)
    if (known === undefined) {
      const names = heard.kind === 'snapshot' ? heard.names : heard.changes.map(({ name }) => name)
      known = Int32Array.from(names, (name) => this.#options.places.get(name) ?? -1)
      placesOf.set(heard, known)
    }
    return known
  }

  #show(place: number, online: 0 | 1): void {
    if (place < 0) return
    this.#shown += online - (this.#screen[place] ?? 0)
    this.#screen[place] = online
  }
}

export function newTally() {
  return {
    messages: 0,
    bytes: 0,
    /** `welcome` and `snapshot`. */
    answers: 0,
    secondBegan: -Infinity,
    inSecond: 0,
    /** Frames of changes. */
    mostInASecond: 0,
  }
}
