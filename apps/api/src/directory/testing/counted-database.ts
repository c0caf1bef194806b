import { Kysely, PostgresAdapter } from 'kysely'
import pg from 'pg'
import { z } from 'zod'

import type { Schema } from '../../platform/schema.ts'
import { SqlDialect } from '../../platform/sql-dialect.ts'

/** What queries had to look at: rows of tables and indexes, those left out included, and pages of 8 KiB, in memory or not. */
export interface Work {
  readonly rows: number
  readonly pages: number
}

export interface CountedDatabase {
  readonly db: Kysely<Schema>
  /** What was done meanwhile. */
  count(during: () => Promise<unknown>): Promise<Work>
  close(): Promise<void>
}

const Node = z.object({
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().default(0),
  'Shared Hit Blocks': z.number(),
  'Shared Read Blocks': z.number(),
  get Plans() {
    return z.array(Node).default([])
  },
})
const Explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: Node })]) })])

/** A database on one connection that runs each query twice: once explained, once for its rows. */
export async function openCountedDatabase(url: string): Promise<CountedDatabase> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let rows = 0
  let pages = 0
  const query = async (sql: string, parameters: readonly unknown[]) => {
    const explained = await client.query(`explain (analyze, buffers, format json) ${sql}`, [...parameters])
    const [{ 'QUERY PLAN': plan }] = Explained.parse(explained.rows)
    rows += rowsOf(plan[0].Plan)
    pages += plan[0].Plan['Shared Hit Blocks'] + plan[0].Plan['Shared Read Blocks']
    const answer = await client.query<Record<string, unknown>>(sql, [...parameters])
    return { rows: answer.rows, affectedRows: answer.rowCount ?? 0 }
  }
  const source = { acquire: () => Promise.resolve({ query, release: () => {} }) }
  return {
    db: new Kysely<Schema>({ dialect: new SqlDialect(source, new PostgresAdapter()) }),
    count: async (during) => {
      const before = { rows, pages }
      await during()
      return { rows: rows - before.rows, pages: pages - before.pages }
    },
    close: () => client.end(),
  }
}

function rowsOf(node: z.infer<typeof Node>): number {
  const own =
    node['Relation Name'] === undefined
      ? 0
      : (node['Actual Rows'] + node['Rows Removed by Filter']) * node['Actual Loops']
  return node.Plans.reduce((sum, plan) => sum + rowsOf(plan), own)
}
