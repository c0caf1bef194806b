import { type Kysely, sql } from 'kysely'

import type { Schema } from '../platform/schema.ts'

export interface MadeUpUser {
  readonly id: string
  readonly username: string
  /** `foldName(username)` */
  readonly key: string
}

/** Users as whom nobody can log in. */
export class MadeUpUsersRepository {
  readonly #db: Kysely<Schema>

  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Adds those whose names are not taken, in one statement, and says how many that were. It may take its time. */
  add(users: readonly MadeUpUser[]): Promise<number> {
    return this.#db.transaction().execute(async (db) => {
      await sql`set local statement_timeout = 0`.execute(db)
      return addTo(db, users)
    })
  }

  /** After many were added: tells the planner, and which pages of the indexes stand for themselves. */
  async tidy(): Promise<void> {
    await this.#db.connection().execute(async (db) => {
      await sql`set statement_timeout = 0`.execute(db)
      await sql`vacuum (analyze) users, name_grams, head_count`.execute(db)
      await sql`reset statement_timeout`.execute(db)
    })
  }

  async total(): Promise<number> {
    const { total } = await this.#db.selectFrom('head_count').select('total').executeTakeFirstOrThrow()
    return total
  }
}

async function addTo(db: Kysely<Schema>, users: readonly MadeUpUser[]): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into users (id, username, username_key)
    select * from unnest(
      ${users.map(({ id }) => id)}::text[],
      ${users.map(({ username }) => username)}::text[],
      ${users.map(({ key }) => key)}::text[]
    )
    on conflict (username_key) do nothing`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
