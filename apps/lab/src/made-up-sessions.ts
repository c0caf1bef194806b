import { COOKIE, hashToken, newId, newToken, SECURE_COOKIE, signToken } from '@rollcall/api'
import type { Pool } from 'pg'

/** A session of a made-up user: nobody logged in for it. */
export interface MadeUpSession {
  readonly id: string
  readonly user: { readonly id: string; readonly username: string }
  /** The `Cookie` header that proves it. */
  readonly cookie: string
}

export interface MadeUpSessionsOptions {
  readonly pool: Pool
  /** SESSION_SECRET of the product. */
  readonly secret: string
  /** Whether the product is reached over https. */
  readonly secure: boolean
}

const IN_A_STATEMENT = 2_000

/**
 * Sessions written to the database past all log-ins, for load and for fault tests. Only for users without a password: an account of a
 * person can not be entered like this.
 */
export class MadeUpSessions {
  readonly #pool: Pool
  readonly #options: MadeUpSessionsOptions

  constructor(options: MadeUpSessionsOptions) {
    this.#pool = options.pool
    this.#options = options
  }

  /** Made-up users, at most as many, beginning anywhere. */
  async users(count: number): Promise<{ id: string; username: string }[]> {
    const found = async (where: string, limit: number) => {
      const { rows } = await this.#pool.query<{ id: string; username: string }>(
        `select id, username from users where password_hash is null and id ${where} $1 order by id limit $2`,
        [start, limit],
      )
      return rows
    }
    const start = newId()
    const behind = await found('>=', count)
    return behind.length === count ? behind : [...behind, ...(await found('<', count - behind.length))]
  }

  /** A session for each of these users; for one with a password there is none. They last a day at most. */
  async begin(users: readonly { id: string; username: string }[]): Promise<MadeUpSession[]> {
    const sessions: MadeUpSession[] = []
    for (let from = 0; from < users.length; from += IN_A_STATEMENT) {
      const wanted = users
        .slice(from, from + IN_A_STATEMENT)
        .map((user) => ({ user, id: newId(), token: newToken() }))
      // oxlint-disable-next-line no-await-in-loop
      const { rows } = await this.#pool.query<{ id: string }>(
        `insert into sessions (id, token_hash, user_id, expires_at, user_agent, data)
         select made.id, made.token_hash, users.id, now() + interval '1 day', 'Rollcall lab', '{}'
         from unnest($1::text[], $2::text[], $3::text[]) as made (id, token_hash, user_id)
         join users on users.id = made.user_id and users.password_hash is null
         returning id`,
        [
          wanted.map(({ id }) => id),
          wanted.map(({ token }) => hashToken(token)),
          wanted.map(({ user }) => user.id),
        ],
      )
      const begun = new Set(rows.map((row) => row.id))
      for (const { id, user, token } of wanted)
        if (begun.has(id)) sessions.push({ id, user, cookie: this.#cookie(token) })
    }
    return sessions
  }

  /** Removes them; whoever is still connected is found out at the next re-check. */
  async end(sessions: readonly MadeUpSession[]): Promise<void> {
    await this.#pool.query('delete from sessions where id = any($1::text[])', [sessions.map(({ id }) => id)])
  }

  #cookie(token: string): string {
    const { secret, secure } = this.#options
    return `${secure ? SECURE_COOKIE : COOKIE}=${encodeURIComponent(signToken(token, secret))}`
  }
}
