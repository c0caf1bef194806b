import { randomBytes } from 'node:crypto'

import pg from 'pg'

import { type Database, embedded, openDatabase } from '../platform/database.ts'

/** A fresh embedded database in memory, with its tables. Close it in `afterAll`. */
export async function openEmbeddedTestDatabase(): Promise<Database> {
  const database = embedded(null, null)
  await database.prepare()
  return database
}

export interface PostgresTestDatabase extends Database {
  readonly url: string
}

/**
 * A fresh database on the server of `DATABASE_URL`, with its tables. Closing it drops it.
 * @throws where the variable is missing: such a test is never skipped in silence.
 */
export async function openPostgresTestDatabase(): Promise<PostgresTestDatabase> {
  const { url, drop } = await createPostgresTestDatabase()
  const database = await openDatabase({ databaseUrl: url, dataDir: '' })
  return {
    ...database,
    url,
    close: async () => {
      await database.close()
      await drop()
    },
  }
}

/** An empty database, for who starts processes on it. */
export async function createPostgresTestDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = process.env['DATABASE_URL']
  if (server === undefined) {
    throw new Error(
      'DATABASE_URL is missing. `npm test` sets it; or name a PostgreSQL where databases may be made.',
    )
  }
  const name = `rollcall_test_${randomBytes(6).toString('hex')}`
  await ask(server, `create database ${name} template template0 encoding 'UTF8'`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => ask(server, `drop database if exists ${name} with (force)`) }
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
