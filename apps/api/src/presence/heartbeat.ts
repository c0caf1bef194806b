import type { Socket } from './socket.ts'
import { PING, textFrame } from './frame.ts'
import { encode } from '@rollcall/protocol'
import type { Frame } from './wire.ts'

/** Places on the wheel: it moves on by one this often an interval. */
export const SLOTS = 20
const HALF = SLOTS / 2

export interface HeartbeatOptions {
  readonly heartbeatMs: number
  /** Ms of a clock that only rises. */
  readonly now: () => number
  /** Something has arrived on it for the first time since this process woke. */
  readonly answered: (socket: Socket) => void
  /** Nothing arrived between two pings, or nothing was taken for two intervals. */
  readonly missed: (socket: Socket, why: string) => void
}

const heartbeat = textFrame(encode({ type: 'heartbeat' }))
const HEARTBEAT: Frame = { bytes: heartbeat, counts: null }
const PING_AND_HEARTBEAT: Frame = { bytes: Buffer.concat([PING, heartbeat]), counts: null }

/** How often those that have not answered since this process woke are looked at, ms. */
const LOOK_MS = 50

/**
 * One coarse wheel for all sockets: each is pinged once an interval, and hears a heartbeat where nothing else was said for that long. An
 * interval is measured in beats of the wheel.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #beatMs: number
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<Socket>())
  /** Those that did not drain when it was last tried. */
  readonly #slow = new Set<Socket>()
  readonly #timer: NodeJS.Timeout
  #beat = 0
  /** When beat 0 was. */
  #origin: number
  #joined = 0
  #isWaking = false
  /** Those on which nothing has arrived since this process woke, and how many bytes had come by then. */
  readonly #unanswered = new Map<Socket, number>()
  #looking: NodeJS.Timeout | undefined

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#beatMs = options.heartbeatMs / SLOTS
    this.#origin = options.now()
    // Whatever has arrived is read before anybody is judged.
    this.#timer = setInterval(() => setImmediate(() => this.#advance()), this.#beatMs).unref()
  }

  get beat(): number {
    return this.#beat
  }

  slot(at: number): Iterable<Socket> {
    return this.#slots[at % SLOTS] ?? []
  }

  /** Its first ping comes after half an interval to a whole one, so that sockets that came together are not pinged together. */
  join(socket: Socket): void {
    const early = this.#joined++ % HALF
    socket.slot = (this.#beat + SLOTS - early) % SLOTS
    socket.wroteAt = this.#beat
    socket.pingedAt = this.#beat - SLOTS
    socket.heard = -1
    this.#slots[socket.slot]?.add(socket)
  }

  leave(socket: Socket): void {
    this.#slots[socket.slot]?.delete(socket)
    this.#slow.delete(socket)
    this.#unanswered.delete(socket)
  }

  /** It does not drain, as of now: its patience is looked at with every beat. */
  slow(socket: Socket): void {
    if (socket.slowAt < 0) socket.slowAt = this.#beat
    this.#slow.add(socket)
  }

  /** This process stood still: sockets are read for a full turn first, then all are pinged, and no earlier ping counts as missed. */
  woke(): void {
    if (this.#isWaking) return
    this.#isWaking = true
    // What is read now may have been sent before.
    this.#unanswered.clear()
    setImmediate(() =>
      setImmediate(() => {
        this.#isWaking = false
        this.#pingAll()
      }),
    )
  }

  stop(): void {
    clearInterval(this.#timer)
    clearInterval(this.#looking)
  }

  #advance(): void {
    if (this.#isWaking) return
    const due = Math.floor((this.#options.now() - this.#origin) / this.#beatMs)
    if (due - this.#beat > HALF) {
      this.#origin += (due - this.#beat - 1) * this.#beatMs
      return this.woke()
    }
    while (this.#beat < due) {
      this.#beat++
      for (const socket of this.#slow) this.#visitSlow(socket)
      for (const socket of this.slot(this.#beat)) this.#visit(socket)
      for (const socket of this.slot(this.#beat + HALF)) this.#visitBetween(socket)
    }
  }

  #visit(socket: Socket): void {
    const sincePing = this.#beat - socket.pingedAt
    // It was pinged out of turn.
    if (sincePing < SLOTS) return
    const { bytesRead, writableLength } = socket.net
    if (bytesRead === socket.heard) {
      // A ping that waits behind other bytes may not have left yet: it has one interval more.
      if (writableLength === 0 || sincePing >= 2 * SLOTS) this.#options.missed(socket, 'missed a ping')
      return
    }
    if (this.#unanswered.size > 0) this.#look(socket)
    socket.heard = socket.isSlow ? -1 : bytesRead
    if (!socket.isOpen || socket.isSlow) return
    if (this.#beat - socket.wroteAt >= HALF) socket.write(PING_AND_HEARTBEAT, this.#beat)
    else socket.net.write(PING)
    socket.pingedAt = this.#beat
  }

  #visitBetween(socket: Socket): void {
    if (!socket.isOpen || socket.isSlow) return
    if (this.#beat - socket.wroteAt > HALF) socket.write(HEARTBEAT, this.#beat)
  }

  #visitSlow(socket: Socket): void {
    if (socket.slowAt < 0) this.#slow.delete(socket)
    else if (this.#beat - socket.slowAt >= 2 * SLOTS) {
      this.#slow.delete(socket)
      this.#options.missed(socket, 'did not take what was sent')
    }
  }

  #pingAll(): void {
    for (const sockets of this.#slots) {
      for (const socket of sockets) {
        const { bytesRead } = socket.net
        socket.heard = socket.isSlow ? -1 : bytesRead
        socket.pingedAt = this.#beat
        if (socket.slowAt >= 0) socket.slowAt = this.#beat
        if (!socket.isOpen) continue
        this.#unanswered.set(socket, bytesRead)
        if (!socket.isSlow) socket.net.write(PING)
      }
    }
    this.#lookForAll()
  }

  /** Whoever answers after this process woke is known to be there: for an interval, that is not left to the wheel. */
  #lookForAll(): void {
    clearInterval(this.#looking)
    const until = this.#options.now() + this.#options.heartbeatMs
    this.#looking = setInterval(() => {
      for (const socket of this.#unanswered.keys()) this.#look(socket)
      if (this.#unanswered.size === 0 || this.#options.now() > until) clearInterval(this.#looking)
    }, LOOK_MS).unref()
  }

  #look(socket: Socket): void {
    const bytesRead = this.#unanswered.get(socket)
    if (bytesRead === undefined || (socket.isOpen && socket.net.bytesRead === bytesRead)) return
    this.#unanswered.delete(socket)
    if (socket.isOpen) this.#options.answered(socket)
  }
}
