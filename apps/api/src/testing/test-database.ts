import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import pg from 'pg'

import { type Database, embedded, openDatabase } from '../platform/database.ts'

/** A fresh embedded database with its tables, in a folder of its own. Closing it removes the folder. */
export async function openEmbeddedTestDatabase(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-test-'))
  const directory = join(folder, 'database')
  await copyTemplateDatabase(directory)
  const database = embedded(null, directory)
  await database.prepare()
  return {
    ...database,
    close: async () => {
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** An embedded database with its tables, closed, at this path. */
export async function copyTemplateDatabase(directory: string): Promise<void> {
  await cp(await template(), directory, { recursive: true })
}

/** A prepared database to copy from: making one takes seconds. Kept until the migrations or PGlite are others. */
async function template(): Promise<string> {
  const path = join(tmpdir(), `rollcall-template-${await fingerprint()}`)
  if (await exists(path)) return path
  const draft = await mkdtemp(`${path}-`)
  const database = embedded(null, join(draft, 'database'))
  await database.prepare()
  await database.close()
  // Of several who make it at once, one is first.
  await rename(join(draft, 'database'), path).catch(() => {})
  await rm(draft, { recursive: true, force: true })
  return path
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  const migrations = fileURLToPath(new URL('../migrations/', import.meta.url))
  for (const file of (await readdir(migrations)).toSorted()) {
    // oxlint-disable-next-line no-await-in-loop
    hash.update(await readFile(join(migrations, file)))
  }
  hash.update(await readFile(fileURLToPath(import.meta.resolve('@electric-sql/pglite'))))
  hash.update(String(process.getuid?.()))
  return hash.digest('hex').slice(0, 16)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
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
