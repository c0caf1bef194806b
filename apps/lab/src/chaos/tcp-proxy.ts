import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export type Direction = 'to-server' | 'to-client'

interface Pair {
  readonly client: Socket
  readonly server: Socket
  /** Something has gone to the server since the path was healed. */
  hasAsked: boolean
}

/**
 * A path between two programs that can be harmed. As on a network, what is held up is not lost: it arrives when the path is healed,
 * unless one side has given up by then.
 */
export class TcpProxy {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #target: number
  #isCut = false
  #delayMs = 0
  #stalled: ReadonlySet<Direction> = new Set()
  #reached = Promise.withResolvers<void>()

  private constructor(server: Server, target: number) {
    this.#server = server
    this.#target = target
    server.on('connection', (client) => this.#pair(client))
  }

  /** @param target a port of the loopback interface */
  static async start(target: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: false })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TcpProxy(server, target)
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The proxy is stopped.')
    return address.port
  }

  /** New connections lead there; those that are open are cut. */
  lead(target: number): void {
    this.#target = target
    this.#destroyAll()
  }

  /** Connections break, and new ones are not taken. */
  cut(): void {
    this.#isCut = true
    this.#destroyAll()
  }

  /** Whatever passes is this late. */
  delay(ms: number): void {
    this.#delayMs = ms
  }

  /** Nothing passes in these directions, and nobody is told. */
  stall(...directions: Direction[]): void {
    this.#stalled = new Set(directions)
    for (const pair of this.#pairs) {
      this.#hold(pair)
      if (pair.client.destroyed) this.#closed(pair.client, pair.server)
      if (pair.server.destroyed) this.#closed(pair.server, pair.client)
    }
  }

  /** Of the connection that the server sees come from this port, nothing arrives at the client. */
  deafen(serverPort: number): void {
    for (const pair of this.#pairs) if (pair.server.localPort === serverPort) pair.server.pause()
  }

  heal(): void {
    this.#isCut = false
    this.#delayMs = 0
    this.#reached = Promise.withResolvers()
    for (const pair of this.#pairs) pair.hasAsked = false
    this.stall()
  }

  /** Resolves when, since the path was healed, something has gone to the server and something has come back to the same client. */
  reached(): Promise<void> {
    return this.#reached.promise
  }

  async stop(): Promise<void> {
    this.#destroyAll()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #pair(client: Socket): void {
    if (this.#isCut) {
      client.destroy()
      return
    }
    const server = connect({ port: this.#target, host: '127.0.0.1' })
    const pair: Pair = { client, server, hasAsked: false }
    this.#pairs.add(pair)
    client.on('data', () => (pair.hasAsked = true))
    this.#forward(client, server)
    this.#forward(server, client)
    server.on('data', () => pair.hasAsked && this.#answered(pair, this.#reached))
    this.#hold(pair)
  }

  #answered({ client }: Pair, reached: PromiseWithResolvers<void>): void {
    // One that has given up meanwhile is not reached: its end is read in this turn.
    setImmediate(() => client.readableEnded || client.destroyed || reached.resolve())
  }

  #forward(from: Socket, to: Socket): void {
    from.setNoDelay(true)
    from.on('error', () => {})
    from.on('data', (chunk) => {
      if (this.#delayMs === 0) to.write(chunk)
      else setTimeout(() => to.writable && to.write(chunk), this.#delayMs)
    })
    from.on('close', () => this.#closed(from, to))
  }

  /** On a path that is dead one way, the other side does not hear of an end either. */
  #closed(from: Socket, to: Socket): void {
    const pair = [...this.#pairs].find(({ client, server }) => client === from || server === from)
    if (pair === undefined || this.#stalled.has(pair.client === from ? 'to-server' : 'to-client')) return
    this.#pairs.delete(pair)
    to.destroySoon()
  }

  #hold({ client, server }: Pair): void {
    if (this.#stalled.has('to-server')) client.pause()
    else client.resume()
    if (this.#stalled.has('to-client')) server.pause()
    else server.resume()
  }

  #destroyAll(): void {
    for (const { client, server } of this.#pairs) {
      client.destroy()
      server.destroy()
    }
    this.#pairs.clear()
  }
}
