import { connect, type Socket } from 'node:net'

import { Opcode, websocketFrame } from '../websocket-frame.ts'
import type { FrameBook } from './frame-book.ts'
import type { Heard } from './heard.ts'

export interface LightSocketEvents {
  opened?(socket: LightSocket): void
  /** Each text frame, with its whole size. */
  heard?(socket: LightSocket, heard: Heard, bytes: number): void
  /** Once, whoever closed it; also where it never opened. */
  closed?(socket: LightSocket): void
}

export interface LightSocketOptions {
  readonly port: number
  readonly path: string
  /** More lines of the request. */
  readonly headers: readonly string[]
  readonly book: FrameBook
  readonly events: LightSocketEvents
  /** Told back with every event. */
  readonly index: number
}

/** All sockets read into the same memory: what comes is looked at before the next one reads. */
const memory = Buffer.alloc(256 * 1024)
const NOTHING = Buffer.alloc(0)
const END_OF_HEAD = '\r\n\r\n'

/** A websocket client that does no more than it must, so that thousands fit on one core. */
export class LightSocket {
  readonly index: number
  readonly #net: Socket
  readonly #options: LightSocketOptions
  #rest: Buffer = NOTHING
  /** A frame that has come in part. */
  #long: { readonly frame: Buffer; filled: number } | null = null
  #isOpen = false
  #isOver = false

  constructor(options: LightSocketOptions) {
    this.#options = options
    this.index = options.index
    this.#net = connect({
      port: options.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: memory, callback: (size) => this.#read(memory.subarray(0, size)) },
    })
    this.#net.write(this.#request())
    this.#net.on('error', () => {})
    this.#net.once('close', () => {
      this.#isOver = true
      options.events.closed?.(this)
    })
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#isOver
  }

  say(text: string): void {
    this.#net.write(websocketFrame(Opcode.text, Buffer.from(text), 'client'))
  }

  close(): void {
    this.#isOver = true
    if (this.#isOpen) this.#net.end(websocketFrame(Opcode.close, Buffer.from([0x03, 0xe8]), 'client'))
    else this.#net.destroy()
  }

  destroy(): void {
    this.#isOver = true
    this.#net.destroy()
  }

  #request(): string {
    return [
      `GET ${this.#options.path} HTTP/1.1`,
      `Host: 127.0.0.1:${this.#options.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...this.#options.headers,
      END_OF_HEAD.slice(2),
    ].join('\r\n')
  }

  /** @returns whether to read on */
  #read(chunk: Buffer): boolean {
    if (this.#long !== null) return this.#readLong(this.#long, chunk)
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    if (!this.#isOpen) {
      const end = bytes.indexOf(END_OF_HEAD)
      if (end >= 0 && !bytes.includes('HTTP/1.1 101')) this.#net.destroy()
      else if (end >= 0) {
        bytes = bytes.subarray(end + END_OF_HEAD.length)
        this.#isOpen = true
        this.#options.events.opened?.(this)
      }
    }
    const used = this.#isOpen ? this.#frames(bytes) : 0
    this.#keep(bytes.subarray(used))
    return true
  }

  /** The beginning of something, kept in a buffer for the whole of it where it says how long that is. */
  #keep(rest: Buffer): void {
    const size = this.#isOpen ? sizeOf(rest) : null
    if (size === null) {
      this.#rest = rest.length === 0 ? NOTHING : Buffer.from(rest)
      return
    }
    this.#rest = NOTHING
    const frame = Buffer.allocUnsafe(size)
    this.#long = { frame, filled: rest.copy(frame) }
  }

  #readLong(long: { readonly frame: Buffer; filled: number }, chunk: Buffer): boolean {
    const taken = chunk.copy(long.frame, long.filled)
    long.filled += taken
    if (long.filled < long.frame.length) return true
    this.#long = null
    this.#frames(long.frame)
    return taken === chunk.length || this.#read(chunk.subarray(taken))
  }

  /** @returns how many bytes whole frames took */
  #frames(bytes: Buffer): number {
    let at = 0
    while (!this.#isOver) {
      const size = sizeOf(bytes, at)
      if (size === null || bytes.length < at + size) break
      const header = headerOf(bytes, at)
      this.#frame((bytes[at] ?? 0) & 0x0f, bytes.subarray(at + header, at + size), size)
      at += size
    }
    return this.#isOver ? bytes.length : at
  }

  #frame(opcode: number, payload: Buffer, bytes: number): void {
    switch (opcode) {
      case Opcode.text: {
        const heard = this.#options.book.look(payload)
        if (heard.kind === 'question') this.say(heard.answer)
        this.#options.events.heard?.(this, heard, bytes)
        break
      }
      case Opcode.ping:
        this.#net.write(websocketFrame(Opcode.pong, payload, 'client'))
        break
      case Opcode.close:
        this.close()
        break
    }
  }
}

function headerOf(bytes: Buffer, at: number): number {
  const short = bytes[at + 1]
  return short === 126 ? 4 : short === 127 ? 10 : 2
}

/** How long the frame is that begins here, header and all; null where that cannot be told yet. */
function sizeOf(bytes: Buffer, at = 0): number | null {
  if (bytes.length - at < 2) return null
  const header = headerOf(bytes, at)
  if (bytes.length - at < header) return null
  if (header === 2) return header + (bytes[at + 1] ?? 0)
  return header + (header === 4 ? bytes.readUInt16BE(at + 2) : bytes.readUIntBE(at + 4, 6))
}
