import { type Kysely, sql } from 'kysely'

import { newId } from '../platform/new-id.ts'
import type { Schema } from '../platform/schema.ts'
import type { SessionStorage, StoredSession } from '../platform/sessions.ts'
import type { Account } from './accounts-repository.ts'

export interface Device {
  readonly id: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
  readonly userAgent: string | null
}

/** How long a session lasts unused, and at most. */
export interface SessionLifetime {
  readonly idleDays: number
  readonly maxDays: number
}

interface UsedRow {
  readonly id: string
  readonly token_hash: string
  readonly created_at: Date
  readonly expires_at: Date
  readonly user_id: string
  readonly username: string
}

/** Times are the database's own: a clock that jumps on one process ends nobody's session. */
export class SessionsRepository implements SessionStorage {
  readonly #db: Kysely<Schema>
  readonly #lifetime: SessionLifetime

  constructor(db: Kysely<Schema>, lifetime: SessionLifetime) {
    this.#db = db
    this.#lifetime = lifetime
  }

  /** Begins a session, unless the account is gone or its password another than the one that was verified. */
  async begin(account: Account, tokenHash: string, userAgent: string | null): Promise<StoredSession | null> {
    const id = newId()
    const row = await this.#db
      .insertInto('sessions')
      .columns(['id', 'token_hash', 'user_id', 'expires_at', 'user_agent', 'data'])
      .expression((expression) =>
        expression
          .selectFrom('users')
          .select([
            sql.val(id).as('id'),
            sql.val(tokenHash).as('token_hash'),
            'users.id as user_id',
            sql<Date>`now() + ${this.#days(Math.min(this.#lifetime.idleDays, this.#lifetime.maxDays))}`.as(
              'expires_at',
            ),
            sql<string | null>`${userAgent}::text`.as('user_agent'),
            sql<Record<string, unknown>>`'{}'::jsonb`.as('data'),
          ])
          .where('users.id', '=', account.id)
          .where('users.password_hash', '=', account.passwordHash)
          // Waits for a password change under way, and looks again.
          .forShare(),
      )
      .returning(['created_at', 'expires_at'])
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      id,
      user: { id: account.id, username: account.username },
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }
  }

  async use(tokenHash: string): Promise<StoredSession | null> {
    return (await this.useAll([tokenHash])).get(tokenHash) ?? null
  }

  /** Those of the sessions that have not ended, by the hash of their token; they count as used, which is written down every minute. */
  async useAll(tokenHashes: readonly string[]): Promise<Map<string, StoredSession>> {
    const { rows } = await sql<UsedRow>`
      with found as (
        select sessions.id, token_hash, sessions.created_at, expires_at, users.id as user_id, username,
          last_used_at < now() - interval '1 minute' as is_stale
        from sessions join users on users.id = sessions.user_id
        where token_hash = any(${[...tokenHashes]}::text[]) and expires_at > now()
      ), used as (
        update sessions set last_used_at = now(), expires_at = ${this.#expiry()}
        where id in (
          select sessions.id from sessions join found using (id)
          where is_stale order by sessions.id for update of sessions skip locked
        )
        returning id, expires_at
      )
      select found.id, token_hash, created_at, user_id, username, coalesce(used.expires_at, found.expires_at) as expires_at
      from found left join used on used.id = found.id`.execute(this.#db)
    return new Map(
      rows.map((row) => [
        row.token_hash,
        {
          id: row.id,
          user: { id: row.user_id, username: row.username },
          createdAt: row.created_at,
          expiresAt: row.expires_at,
        },
      ]),
    )
  }

  async keep(tokenHash: string, data: Record<string, unknown>): Promise<void> {
    await this.#db
      .updateTable('sessions')
      .set({ data: JSON.stringify(data) })
      .where('token_hash', '=', tokenHash)
      .execute()
  }

  async end(tokenHash: string): Promise<void> {
    await this.#db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
  }

  /** False where the user has no such session. */
  async endOf(userId: string, id: string): Promise<boolean> {
    // PostgreSQL takes no NUL, and no id has one.
    if (id.includes('\0')) return false
    const row = await this.#db
      .deleteFrom('sessions')
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .returning('id')
      .executeTakeFirst()
    return row !== undefined
  }

  /** Ends all but one; answers which. */
  async endOthers(userId: string, current: string): Promise<string[]> {
    const rows = await this.#db
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .where('id', '!=', current)
      .returning('id')
      .execute()
    return rows.map((row) => row.id)
  }

  /**
   * Sets a new password, gives the session a new token and ends all others. Null where the account is gone, its password was changed
   * meanwhile, or the session has ended.
   */
  async changePassword(
    account: Account,
    passwordHash: string,
    current: string,
    tokenHash: string,
  ): Promise<{ ended: string[] } | null> {
    return this.#db.transaction().execute(async (trx) => {
      const user = await trx
        .updateTable('users')
        .set({ password_hash: passwordHash })
        .where('id', '=', account.id)
        .where('password_hash', '=', account.passwordHash)
        .where((where) =>
          where.exists(where.selectFrom('sessions').select('sessions.id').where('sessions.id', '=', current)),
        )
        .returning('id')
        .executeTakeFirst()
      if (user === undefined) return null
      await trx.updateTable('sessions').set({ token_hash: tokenHash }).where('id', '=', current).execute()
      const ended = await trx
        .deleteFrom('sessions')
        .where('user_id', '=', account.id)
        .where('id', '!=', current)
        .returning('id')
        .execute()
      return { ended: ended.map((row) => row.id) }
    })
  }

  async devicesOf(userId: string): Promise<Device[]> {
    const rows = await this.#db
      .selectFrom('sessions')
      .select(['id', 'created_at', 'last_used_at', 'expires_at', 'user_agent'])
      .where('user_id', '=', userId)
      .where('expires_at', '>', sql<Date>`now()`)
      .orderBy('last_used_at', 'desc')
      .orderBy('id')
      .execute()
    return rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      expiresAt: row.expires_at,
      userAgent: row.user_agent,
    }))
  }

  /**
   * Those of the sessions that have ended: few, so that ten thousand can be asked for at once. The others have open websockets, which counts
   * as use: written down every few minutes.
   */
  async ended(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const { rows } = await sql<{ id: string }>`
      with asked as (
        select unnest(string_to_array(${ids.join()}::text, ',')) as id
      ), alive as (
        select id, last_used_at from sessions join asked using (id) where expires_at > now()
      ), used as (
        update sessions set last_used_at = now(), expires_at = ${this.#expiry()}
        where id in (
          select sessions.id from sessions join alive using (id)
          where alive.last_used_at < now() - interval '5 minutes'
          order by sessions.id for update of sessions skip locked
        )
      )
      select id from asked where id not in (select id from alive)`.execute(this.#db)
    return rows.map((row) => row.id)
  }

  /** Forgets sessions that have expired, at most `limit`; answers how many. */
  async sweep(limit: number): Promise<number> {
    const result = await this.#db
      .deleteFrom('sessions')
      .where('id', 'in', (expired) =>
        expired
          .selectFrom('sessions')
          .select('id')
          .where('expires_at', '<=', sql<Date>`now()`)
          .limit(limit)
          .forUpdate()
          .skipLocked(),
      )
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }

  #expiry() {
    return sql<Date>`least(created_at + ${this.#days(this.#lifetime.maxDays)}, now() + ${this.#days(this.#lifetime.idleDays)})`
  }

  #days(days: number) {
    return sql`make_interval(days => ${days}::int)`
  }
}
