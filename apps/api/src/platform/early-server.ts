import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Many return at once when a process starts again: they wait in the kernel, and are not refused. */
const BACKLOG = 4_096
/** Longer than balancers keep a connection, ms. */
const KEEP_ALIVE_MS = 72_000
const HEADERS_MS = 15_000
const REQUEST_MS = 30_000

/** An HTTP server that listens before there is anybody to answer: whoever comes early waits for that, and is not turned away. */
export class EarlyServer {
  readonly server: Server
  /** Rejects where the address cannot be listened on. */
  readonly listening: Promise<void>
  readonly #sockets = new Set<Socket>()
  readonly #held: (() => void)[] = []

  constructor({ port, host }: { readonly port: number; readonly host: string }) {
    this.server = createServer({
      requireHostHeader: false,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    })
    this.server.on('request', this.#holdRequest)
    this.server.on('upgrade', this.#holdUpgrade)
    this.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.listening = new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ port, host, backlog: BACKLOG }, () => {
        this.server.off('error', reject)
        resolve()
      })
    })
    // It is told to whoever waits for it.
    this.listening.catch(() => {})
  }

  /** How many wait to be answered. */
  get held(): number {
    return this.#held.length
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size
  }

  /** From now on others listen to the server: they get whoever came before, too. */
  release(): void {
    this.server.off('request', this.#holdRequest)
    this.server.off('upgrade', this.#holdUpgrade)
    for (const come of this.#held.splice(0)) come()
  }

  /** Takes nobody any more. Resolves when everybody has gone; those who have not after `patienceMs` are cut. */
  async close(patienceMs: number): Promise<void> {
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, patienceMs)
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve())
      this.server.closeIdleConnections()
    })
    clearTimeout(cut)
  }

  readonly #holdRequest = (request: IncomingMessage, response: ServerResponse): void => {
    this.#held.push(() => {
      if (!request.socket.destroyed) this.server.emit('request', request, response)
    })
  }

  readonly #holdUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node listens to it no more, and nobody else does yet.
    const ignore = () => {}
    socket.on('error', ignore)
    this.#held.push(() => {
      if (socket.destroyed) return
      this.server.emit('upgrade', request, socket, head)
      socket.off('error', ignore)
    })
  }
}
