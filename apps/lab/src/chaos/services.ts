import { type PostgresServer, startPostgresServer } from '@rollcall/api/testing/services/postgres-server'
import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** A PostgreSQL, with a new database for each run. */
export class Services {
  readonly #url: string
  readonly #own: PostgresServer | undefined
  readonly #created: string[] = []

  private constructor(url: string, own?: PostgresServer) {
    this.#url = url
    this.#own = own
  }

  /** A server of one's own, that can be harmed. */
  static async start(): Promise<Services> {
    const own = await startPostgresServer()
    return new Services(own.url, own)
  }

  /** A server that is there. @param url of a database of it */
  static at(url: string): Services {
    return new Services(url)
  }

  /** The server, to be harmed. */
  get postgres(): PostgresServer {
    if (this.#own === undefined) throw new Error('This PostgreSQL is not ours to harm.')
    return this.#own
  }

  /** @returns its URL */
  async createDatabase(): Promise<string> {
    const name = `rollcall_run_${randomBytes(6).toString('hex')}`
    await this.#tell(`create database ${name}`)
    this.#created.push(name)
    const url = new URL(this.#url)
    url.pathname = `/${name}`
    return url.href
  }

  async stop(): Promise<void> {
    if (this.#own !== undefined) return this.#own.stop()
    // oxlint-disable-next-line no-await-in-loop
    for (const name of this.#created.splice(0)) await this.#tell(`drop database ${name} with (force)`)
  }

  async #tell(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
}
