import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Config } from './config.ts'
import { compose, type Parts } from './compose.ts'
import { DatabaseUnavailable } from './platform/database-error.ts'
import { EarlyServer } from './platform/early-server.ts'
import type { HttpServer } from './platform/http.ts'
import type { Logger } from './platform/logger.ts'

/** So long, ms, a request that is half sent may take once the process stops. */
const CUT_AFTER_MS = 300
const TRY_AGAIN_MS = 500

export interface ServerOptions {
  readonly config: Config
  readonly log: Logger
  /** Listens already; made here where it is left out. */
  readonly early?: EarlyServer
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
  readonly #early: EarlyServer
  #stopping: Promise<void> | undefined

  constructor(options: ServerOptions) {
    this.#options = options
    this.#early = options.early ?? new EarlyServer(options.config)
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
    this.#app = await parts.createApp(this.#early.server)
    await this.#early.listening
    if (this.#stopping !== undefined) return null
    this.#early.release()
    if (!(await this.#prepareDatabase(parts))) return null
    await parts.start()
    return urlOf(this.#early.server.address(), config.host)
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
    await this.#parts?.drain()
    await Promise.all([this.#early.close(CUT_AFTER_MS), this.#app?.close()])
    await this.#parts?.close()
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

function urlOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const everywhere = host === '0.0.0.0' || host === '::'
  const isHere = everywhere || host === '127.0.0.1' || host === '::1'
  const name = isHere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
