import { EventEmitter } from 'node:events'
import type { Socket as NetSocket } from 'node:net'
import { Duplex } from 'node:stream'

import { parseServerMessage } from '@rollcall/protocol'
import type { PresenceChange, ServerMessage } from '@rollcall/protocol'
import { WebSocket } from 'ws'

/** The connection under a websocket, whose other end reads only when told to: a real stream, so that it is slow as a real one is. */
class FakeNet extends Duplex {
  bytesRead = 0
  isStalled = false
  writes: Buffer[] = []
  onWrite = (): void => {}
  readonly frames: { opcode: number; text: string }[] = []
  #rest = Buffer.alloc(0)
  #held: (() => void) | null = null

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk)
    this.onWrite()
    const take = () => {
      this.#take(chunk)
      done()
    }
    if (this.isStalled) this.#held = take
    else take()
  }

  resumeReading(): void {
    this.isStalled = false
    const held = this.#held
    this.#held = null
    held?.()
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (;;) {
      const [first = 0, short = 0] = this.#rest
      const header = short < 126 ? 2 : short === 126 ? 4 : 10
      if (this.#rest.length < header) return
      const length =
        short < 126
          ? short
          : short === 126
            ? this.#rest.readUInt16BE(2)
            : Number(this.#rest.readBigUInt64BE(2))
      if (this.#rest.length < header + length) return
      const text = this.#rest.subarray(header, header + length).toString()
      this.frames.push({ opcode: first & 0x0f, text })
      this.#rest = this.#rest.subarray(header + length)
    }
  }
}

class FakeWs extends EventEmitter {
  readyState: number = WebSocket.OPEN
  code: number | null = null
  readonly #net: FakeNet

  constructor(net: FakeNet) {
    super()
    this.#net = net
  }

  pong(): void {}

  close(code: number): void {
    if (this.readyState !== WebSocket.OPEN) return
    this.#end(code)
  }

  terminate(): void {
    this.#end(1006)
    this.#net.destroy()
  }

  #end(code: number): void {
    if (this.code !== null) return
    this.readyState = WebSocket.CLOSING
    this.code = code
    process.nextTick(() => this.emit('close', code))
  }
}

/** A websocket without a network: what was written to it, and a reader that can stall. */
export class FakeConnection {
  readonly #net: FakeNet
  readonly #ws: FakeWs
  #read = 0

  /** @param bound above so many bytes in the queue it is slow */
  constructor(bound: number) {
    this.#net = new FakeNet({ writableHighWaterMark: bound })
    this.#ws = new FakeWs(this.#net)
  }

  get ends(): { ws: WebSocket; net: NetSocket } {
    return { ws: this.#ws as unknown as WebSocket, net: this.#net as unknown as NetSocket }
  }

  /** Called with every write. */
  set onWrite(act: () => void) {
    this.#net.onWrite = act
  }

  get closeCode(): number | null {
    return this.#ws.code
  }

  get pings(): number {
    return this.#net.frames.filter(({ opcode }) => opcode === 9).length
  }

  get queued(): number {
    return this.#net.writableLength
  }

  /** Messages that arrived since the last call. */
  read(): ServerMessage[] {
    const fresh = this.#net.frames.slice(this.#read).filter(({ opcode }) => opcode === 1)
    this.#read = this.#net.frames.length
    return fresh.map(({ text }) => {
      const parsed = parseServerMessage(text)
      if (!parsed.ok) throw new Error(`${parsed.reason}: ${text}`)
      return parsed.message
    })
  }

  /** Whose presence changed in messages since the last call. */
  changes(): PresenceChange[][] {
    return this.read().flatMap((message) => (message.type === 'presence' ? [message.changes] : []))
  }

  /** What was written to it since the last call. */
  writes(): Buffer[] {
    return this.#net.writes.splice(0)
  }

  send(message: unknown): void {
    this.arrive()
    this.#ws.emit('message', Buffer.from(JSON.stringify(message)), false)
  }

  /** Some bytes that are no message, as a pong. */
  arrive(): void {
    this.#net.bytesRead += 10
  }

  stall(): void {
    this.#net.isStalled = true
  }

  resume(): void {
    this.#net.resumeReading()
  }

  drop(): void {
    this.#ws.terminate()
  }
}
