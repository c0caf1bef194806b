import { join } from 'node:path'

import { Kysely, PGliteAdapter, PostgresAdapter } from 'kysely'

import { type DataDir, openDataDir } from './data-dir.ts'
import { translate } from './database-error.ts'
import { EmbeddedDatabase } from './embedded-database.ts'
import { migrate } from './migrator.ts'
import { GuardedPool, patientSource } from './postgres-pool.ts'
import type { Schema } from './schema.ts'
import { SqlDialect } from './sql-dialect.ts'

export interface Database {
  readonly db: Kysely<Schema>
  readonly kind: 'embedded' | 'postgres'
  /** Where the embedded database lives, and the generated secret. */
  readonly dataDir: DataDir | null
  /** Resolves when an open embedded database ended. A server may always come back. */
  readonly lost: Promise<Error>
  /** Whether it answered when it was last asked, at most some seconds ago. */
  isUp(): boolean
  /**
   * Waits for it to be open and brings its tables up to date. May be called again after a failure.
   * @throws {DatabaseUnavailable} while it is away.
   */
  prepare(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseSettings {
  /** `postgres://…`, or null for the embedded one. */
  readonly databaseUrl: string | null
  readonly dataDir: string
}

/**
 * A database that is to be prepared. For the embedded one the data folder is taken first.
 * @throws {DataDirError} where the folder is in use or cannot be written.
 */
export async function createDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.databaseUrl !== null) return postgres(settings.databaseUrl)
  const dataDir = await openDataDir(settings.dataDir)
  return embedded(dataDir, join(dataDir.path, 'database'))
}

/** {@link createDatabase}, prepared. */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const database = await createDatabase(settings)
  try {
    await database.prepare()
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** An embedded database; `directory` null keeps it in memory. */
export function embedded(dataDir: DataDir | null, directory: string | null): Database {
  const pglite = new EmbeddedDatabase(directory)
  const db = new Kysely<Schema>({ dialect: new SqlDialect(pglite, new PGliteAdapter()) })
  return {
    db,
    kind: 'embedded',
    dataDir,
    lost: pglite.ended,
    isUp: () => pglite.isUp,
    prepare: async () => {
      await pglite.opened
      await migrate(db)
    },
    close: async () => {
      await db.destroy()
      await pglite.close()
      await dataDir?.close()
    },
  }
}

function postgres(url: string): Database {
  const pool = new GuardedPool({ url, size: 10 })
  const db = new Kysely<Schema>({ dialect: new SqlDialect(pool, new PostgresAdapter()) })
  return {
    db,
    kind: 'postgres',
    dataDir: null,
    lost: new Promise(() => {}),
    isUp: () => pool.isUp,
    prepare: async () => {
      await migratePatiently(url)
      await pool.untilUp()
    },
    close: async () => {
      await db.destroy()
      await pool.end()
    },
  }
}

/** On a connection of its own: waiting for another process's migration may take longer than a statement may. */
async function migratePatiently(url: string): Promise<void> {
  const source = patientSource(url)
  try {
    await migrate(new Kysely<Schema>({ dialect: new SqlDialect(source, new PostgresAdapter()) }))
  } catch (error) {
    throw translate(error)
  } finally {
    await source.end()
  }
}
