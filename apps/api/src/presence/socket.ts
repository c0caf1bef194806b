import type { Socket as NetSocket } from 'node:net'

import type { Listed, Person, SessionId, UserId, Watcher, Watching } from '@rollcall/presence'
import type { RawData } from 'ws'
import { WebSocket } from 'ws'

import type { Frame } from './wire.ts'

/** Told to the gateway by every socket. */
export interface SocketEvents {
  message(socket: Socket, data: RawData, isBinary: boolean): void
  pinged(socket: Socket, data: Buffer): void
  /** It speaks no websocket, or sent a message that is too long: it is closing already. */
  broke(socket: Socket, error: Error): void
  closed(socket: Socket, code: number): void
}

export interface SocketOptions {
  readonly id: string
  readonly session: SessionId
  readonly person: Person
  /** Whom limits by address count it with. */
  readonly address: string
  readonly ws: WebSocket
  /** The connection under `ws`: without compression `ws` writes whole frames to it, and so do we. */
  readonly net: NetSocket
  /** With whom it is told, where not all are told at once. */
  readonly cohort: number
  readonly events: SocketEvents
}

/** The watch in force: what a snapshot of the same scopes needs. */
export interface Asked {
  readonly ref: string | number | undefined
  readonly all: boolean
  /** Where the stretch begins: a rank until it is found for the first time, then a name. */
  stretch: { from: string | number | null; readonly limit: number } | null
}

export interface KnownUser {
  readonly username: string
  readonly lastSeenAt: number | null
}

/** Users as the database had them; undefined for an id that names nobody. */
export type KnownUsers = ReadonlyMap<UserId, KnownUser | undefined>

/** What is still to be said to a socket. */
export interface Due {
  /** The rest of a snapshot of all: who was named last, and the number of the next part. */
  all: { last: Listed | null; part: number } | null
  stretch: boolean
  users: 'no' | 'to be asked' | 'asked' | KnownUsers
  freshness: boolean
}

const owner = Symbol('socket')
interface Owned extends WebSocket {
  [owner]?: Socket
}

/**
 * One open websocket, and all that is kept for it: small, since there are many. It has no timer, no closure and no list of its own while
 * it is quiet and fast.
 */
export class Socket implements Watcher<Socket> {
  readonly id: string
  readonly session: SessionId
  readonly person: Person
  readonly address: string
  readonly net: NetSocket
  readonly cohort: number
  readonly #ws: WebSocket
  readonly events: SocketEvents

  watching: Watching<Socket> | null = null
  asked: Asked | null = null
  due: Due | null = null
  /** It has watched somebody before. */
  isWatcher = false
  /** The flush that its snapshots contain, or have yet to: older frames are not for it. */
  since = 0
  /** The last flush it heard of before it became slow; -1 while it is not. */
  behind = -1
  /** A drained connection will be noticed. */
  awaitsDrain = false

  /** The counts it was told last. */
  online = -1
  total = -1

  /** Until when its messages are paid for, and how many in a row were not understood. */
  paidUntil = 0
  faults = 0

  /** Its place on the wheel, in beats of the wheel: when it was last written to, last pinged, and since when it does not drain. */
  slot = 0
  wroteAt = 0
  pingedAt = 0
  slowAt = -1
  /** How many bytes had come when it was last looked at. */
  heard = 0

  constructor(options: SocketOptions) {
    this.id = options.id
    this.session = options.session
    this.person = options.person
    this.address = options.address
    this.net = options.net
    this.cohort = options.cohort
    this.#ws = options.ws
    this.events = options.events
    const owned: Owned = options.ws
    owned[owner] = this
    owned.on('message', onMessage).on('ping', onPing).on('error', onError).on('close', onClose)
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  /** The kernel takes no more, and what waits here is above the stream's bound (64 KiB): nothing is queued behind it. */
  get isSlow(): boolean {
    return this.net.writableNeedDrain
  }

  /** Whole frames. Only while it is open and not slow. */
  write(frame: Frame, beat: number): void {
    this.net.write(frame.bytes)
    this.wroteAt = beat
    if (frame.counts === null) return
    this.online = frame.counts.online
    this.total = frame.counts.total
  }

  /** One frame in two pieces, the second of which is shared. */
  writeBoth(head: Buffer, tail: Buffer, beat: number): void {
    this.net.cork()
    this.net.write(head)
    this.net.write(tail)
    this.net.uncork()
    this.wroteAt = beat
  }

  pong(data: Buffer): void {
    this.#ws.pong(data)
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  terminate(): void {
    this.#ws.terminate()
  }
}

/** Listeners that all sockets share. */
function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  const socket = ownerOf(this)
  socket?.events.message(socket, data, isBinary)
}

function onPing(this: WebSocket, data: Buffer): void {
  const socket = ownerOf(this)
  socket?.events.pinged(socket, data)
}

function onError(this: WebSocket, error: Error): void {
  const socket = ownerOf(this)
  socket?.events.broke(socket, error)
}

function onClose(this: WebSocket, code: number): void {
  const socket = ownerOf(this)
  socket?.events.closed(socket, code)
}

function ownerOf(ws: Owned): Socket | undefined {
  return ws[owner]
}
