import { Kysely, PostgresAdapter } from 'kysely'
import pg from 'pg'
import { z } from 'zod'

import type { Schema } from '../../platform/schema.ts'
import { SqlDialect } from '../../platform/sql-dialect.ts'

const Explained = z.tuple([
  z.object({
    'QUERY PLAN': z.tuple([
      z.object({
        Plan: z.object({ 'Shared Hit Blocks': z.number(), 'Shared Read Blocks': z.number() }),
      }),
    ]),
  }),
])

/** A database that counts the pages (8 KiB) its queries touch, in memory or not. */
export interface CountedDatabase {
  readonly db: Kysely<Schema>
  /** How many pages were touched meanwhile. */
  count(during: () => Promise<unknown>): Promise<number>
  close(): Promise<void>
}

/** Runs each query twice: once explained, once for its rows. */
export async function openCountedDatabase(url: string): Promise<CountedDatabase> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let pages = 0
  const query = async (sql: string, parameters: readonly unknown[]) => {
    const explained = await client.query(`explain (analyze, buffers, format json) ${sql}`, [...parameters])
    const [{ 'QUERY PLAN': plan }] = Explained.parse(explained.rows)
    pages += plan[0].Plan['Shared Hit Blocks'] + plan[0].Plan['Shared Read Blocks']
    const { rows, rowCount } = await client.query<Record<string, unknown>>(sql, [...parameters])
    return { rows, affectedRows: rowCount ?? 0 }
  }
  const source = { acquire: () => Promise.resolve({ query, release: () => {} }) }
  return {
    db: new Kysely<Schema>({ dialect: new SqlDialect(source, new PostgresAdapter()) }),
    count: async (during) => {
      const before = pages
      await during()
      return pages - before
    },
    close: () => client.end(),
  }
}
