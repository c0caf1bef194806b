import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

import * as accounts from '../migrations/0001-accounts.ts'
import * as headCount from '../migrations/0002-head-count.ts'
import * as nameSearch from '../migrations/0003-name-search.ts'
import type { Schema } from './schema.ts'

const migrations: Record<string, Migration> = {
  '0001-accounts': accounts,
  '0002-head-count': headCount,
  '0003-name-search': nameSearch,
}

/**
 * Brings the tables up to date. Kysely holds an advisory lock meanwhile, so several processes may start at once.
 * @throws what the database answered.
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
