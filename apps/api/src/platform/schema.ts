import type { ColumnType, Generated, JSONColumnType } from 'kysely'

export interface UsersTable {
  /** 16 characters base64url. */
  id: string
  /** As typed. */
  username: string
  /** `foldName(username)`: unique, and the order of names (`COLLATE "C"`). */
  username_key: string
  /** A PHC string; `null` for made-up users, as whom nobody can log in. */
  password_hash: string | null
  created_at: Generated<Date>
  /** When the user was last online; `null` for never. */
  last_seen_at: Date | null
}

export interface SessionsTable {
  /** The public id: named in lists and notices, opens nothing. */
  id: string
  /** SHA-256 of the id in the cookie, hex. */
  token_hash: string
  user_id: string
  created_at: Generated<Date>
  last_used_at: Generated<Date>
  /** The earlier of idle and absolute expiry. */
  expires_at: ColumnType<Date, Date | string, Date | string>
  user_agent: string | null
  /** What @fastify/session keeps: its cookie's attributes. */
  data: JSONColumnType<Record<string, unknown>>
}

/** One row: how many users there are, kept by triggers. */
export interface HeadCountTable {
  one: Generated<boolean>
  total: Generated<number>
}

export interface Schema {
  users: UsersTable
  sessions: SessionsTable
  head_count: HeadCountTable
}
