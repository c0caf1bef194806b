import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Config } from './config.ts'
import { compose, type Parts } from './compose.ts'
import { DatabaseUnavailable } from './platform/database-error.ts'
import type { HttpServer } from './platform/http.ts'
import type { Logger } from './platform/logger.ts'

/** So long, ms, a request that is half sent may take once the process stops. */
const CUT_AFTER_MS = 300
const TRY_AGAIN_MS = 500

export interface ServerOptions {
  readonly config: Config
  readonly log: Logger
  /** Tells a person what takes its time. */
  readonly say?: (line: string) => void
  /** The embedded database broke: nothing but a new process brings it back. */
  readonly lost?: (error: Error) => void
}

/** One process of the product, from nothing to listening and back. */
export class Server {
  readonly #options: ServerOptions
  #parts: Parts | undefined
  #app: HttpServer | undefined
  readonly #sockets = new Set<Socket>()
  #stopping: Promise<void> | undefined

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /**
   * Listens first, so that a balancer can ask, then waits for the database and the others.
   * @returns the URL it listens on, once it is ready; null where it was stopped before.
   * @throws where the port is taken, the data folder in use, or the database refuses this process.
   */
  async start(): Promise<string | null> {
    const { config, say = () => {} } = this.#options
    const parts = await compose({ ...this.#options, say })
    this.#parts = parts
    void parts.database.lost.then((error) => this.#stopping === undefined && this.#options.lost?.(error))
    if (this.#stopping !== undefined) return null
    const app = await parts.createApp()
    this.#app = app
    app.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    if (this.#stopping !== undefined) return null
    await app.listen({ port: config.port, host: config.host })
    if (!(await this.#prepareDatabase(parts))) return null
    await parts.start()
    return urlOf(app, config.host)
  }

  /** Hands over, closes everything in order, and resolves when nothing is left open. Safe to call at any time. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #prepareDatabase({ database }: Parts): Promise<boolean> {
    const { log, say = () => {} } = this.#options
    for (let attempt = 0; this.#stopping === undefined; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop
        await database.prepare()
        return true
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || database.kind === 'embedded') throw error
        if (attempt === 0) say(`The database does not answer yet (${error.message}). Trying again…`)
        log.warn({ reason: error.message }, 'the database does not answer yet')
        // oxlint-disable-next-line no-await-in-loop
        await sleep(TRY_AGAIN_MS)
      }
    }
    return false
  }

  async #stop(): Promise<void> {
    const [parts, app] = [this.#parts, this.#app]
    if (parts === undefined) return
    await parts.drain()
    if (app !== undefined) await this.#close(app)
    await parts.close()
  }

  async #close(app: HttpServer): Promise<void> {
    // Those that were upgraded or refused to be are none of the HTTP server's any more.
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, CUT_AFTER_MS)
    try {
      const closed = app.close()
      app.server.closeIdleConnections()
      await closed
    } finally {
      clearTimeout(cut)
    }
  }
}

/** A server that is ready, for tests and tools. */
export async function startServer(
  options: ServerOptions,
): Promise<{ address: string; stop(): Promise<void> }> {
  const server = new Server(options)
  try {
    const address = await server.start()
    if (address === null) throw new Error('The server was stopped while it started.')
    return { address, stop: () => server.stop() }
  } catch (error) {
    await server.stop()
    throw error
  }
}

function urlOf(app: HttpServer, host: string): string {
  const address: AddressInfo | string | null = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const everywhere = host === '0.0.0.0' || host === '::'
  const isHere = everywhere || host === '127.0.0.1' || host === '::1'
  const name = isHere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
