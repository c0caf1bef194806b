import { type PostgresServer, startPostgresServer } from '@rollcall/api/testing/services/postgres-server'
import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** A PostgreSQL of one's own, with a new database for each run. */
export class Services {
  readonly postgres: PostgresServer

  private constructor(postgres: PostgresServer) {
    this.postgres = postgres
  }

  static async start(): Promise<Services> {
    return new Services(await startPostgresServer())
  }

  /** @returns its URL */
  async createDatabase(): Promise<string> {
    const name = `run_${randomBytes(6).toString('hex')}`
    const client = new pg.Client({ connectionString: this.postgres.url })
    await client.connect()
    try {
      await client.query(`create database ${name}`)
    } finally {
      await client.end()
    }
    const url = new URL(this.postgres.url)
    url.pathname = `/${name}`
    return url.href
  }

  async stop(): Promise<void> {
    await this.postgres.stop()
  }
}
