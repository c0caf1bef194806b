import type { Kysely } from 'kysely'

import { foldName } from '@rollcall/protocol'

import { isUniqueViolation } from '../platform/database-error.ts'
import { newId } from '../platform/new-id.ts'
import type { Schema } from '../platform/schema.ts'

export interface Account {
  readonly id: string
  readonly username: string
  /** Null for made-up users: nobody can log in as them. */
  readonly passwordHash: string | null
}

/** Users as people who can log in. */
export class AccountsRepository {
  readonly #db: Kysely<Schema>

  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Null where the name is taken. */
  async add(username: string, passwordHash: string): Promise<Account | null> {
    const id = newId()
    try {
      await this.#db
        .insertInto('users')
        .values({
          id,
          username,
          username_key: foldName(username),
          password_hash: passwordHash,
          last_seen_at: null,
        })
        .execute()
      return { id, username, passwordHash }
    } catch (error) {
      if (isUniqueViolation(error)) return null
      throw error
    }
  }

  async isTaken(username: string): Promise<boolean> {
    return (await this.findByName(username)) !== null
  }

  async findByName(username: string): Promise<Account | null> {
    // PostgreSQL takes no NUL, and no name has one.
    if (username.includes('\0')) return null
    const row = await this.#db
      .selectFrom('users')
      .select(['id', 'username', 'password_hash'])
      .where('username_key', '=', foldName(username))
      .executeTakeFirst()
    return row === undefined ? null : { id: row.id, username: row.username, passwordHash: row.password_hash }
  }

  async find(id: string): Promise<Account | null> {
    const row = await this.#db
      .selectFrom('users')
      .select(['id', 'username', 'password_hash'])
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : { id: row.id, username: row.username, passwordHash: row.password_hash }
  }

  /** Deletes the account with all its sessions. False where it was gone, or its password another by now. */
  async remove(account: Account): Promise<{ sessions: string[] } | null> {
    return this.#db.transaction().execute(async (trx) => {
      // Locked first: no session can begin between reading them and the deletion.
      const user = await trx
        .selectFrom('users')
        .select('id')
        .where('id', '=', account.id)
        .where('password_hash', '=', account.passwordHash)
        .forUpdate()
        .executeTakeFirst()
      if (user === undefined) return null
      const sessions = await trx
        .selectFrom('sessions')
        .select('id')
        .where('user_id', '=', account.id)
        .execute()
      await trx.deleteFrom('users').where('id', '=', account.id).execute()
      return { sessions: sessions.map((session) => session.id) }
    })
  }
}
