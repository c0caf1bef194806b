import { type Kysely, type RawBuilder, sql } from 'kysely'

import type { UserId } from '@rollcall/presence'

import type { Schema } from '../platform/schema.ts'
import type { LastSeen } from './last-seen-reader.ts'
import type { Seen } from './last-seen-writer.ts'

export interface StoredUser {
  readonly id: UserId
  readonly username: string
  /** The folded name: the order of names. */
  readonly key: string
  /** ms; null for never. */
  readonly lastSeenAt: number | null
}

export interface Stretch {
  /** Folded, not empty; null for everybody. */
  readonly part: string | null
  /** The stretch begins behind this folded name; '' is the very beginning. */
  readonly after: string
  /** How many are passed over first. What is passed over is read, so this is for short ways. */
  readonly skip: number
  readonly limit: number
}

interface Row {
  id: string
  username: string
  username_key: string
  last_seen_at: Date | null
}

/** How many names in order are looked through for a part of one or two characters before its index is asked. */
const LOOK_THROUGH = 2000

/** How many grams of a long part are compared with each other. */
const GRAMS_COMPARED = 8

/** What the directory reads and writes of the users table. */
export class UsersRepository {
  readonly #db: Kysely<Schema>

  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Users in name order, and how many accounts there are in all, as of one moment. */
  async stretch({ part, after, skip, limit }: Stretch): Promise<{ users: StoredUser[]; total: number }> {
    if (part === null) return this.#read(everybody(after, skip, limit))
    const characters = Array.from(part).length
    if (characters >= 3) return this.#read(withUsers(matches(part, after, skip, limit)))
    if (skip > 0) return this.#read(withUsers(lookThrough(part, after, skip, limit)))
    // A common part fills the page among the first names; a rare one has so few matches that they can be sorted.
    const first = await this.#read(withUsers(lookThroughSome(part, after, limit)))
    if (first.users.length === limit) return first
    return this.#read(withUsers(shortMatches(part, after, limit)))
  }

  async find(id: UserId): Promise<StoredUser | undefined> {
    const row = await this.#db
      .selectFrom('users')
      .select(['id', 'username', 'username_key', 'last_seen_at'])
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? undefined : storedUser(row)
  }

  async total(): Promise<number> {
    const { total } = await this.#db.selectFrom('head_count').select('total').executeTakeFirstOrThrow()
    return total
  }

  /** The folded names at the ranks `every`, 2 × `every`, … (0 is the first): reads every name. */
  async landmarks(every: number): Promise<string[]> {
    const { rows } = await sql<{ username_key: string }>`
      select username_key
      from (select username_key, row_number() over (order by username_key) - 1 as rank from users) ranked
      where rank > 0 and rank % ${every} = 0
      order by rank`.execute(this.#db)
    return rows.map((row) => row.username_key)
  }

  async lastSeen(ids: readonly UserId[]): Promise<Map<UserId, LastSeen>> {
    const { rows } = await sql<Row>`
      select id, username, last_seen_at from users where id = any(${[...ids]}::text[])`.execute(this.#db)
    return new Map(
      rows.map((row) => [
        row.id,
        { username: row.username, lastSeenAt: row.last_seen_at?.getTime() ?? null },
      ]),
    )
  }

  /** Times that are not later than what stands, and users who are gone, are passed over. */
  async writeLastSeen(seen: readonly Seen[]): Promise<void> {
    await sql`
      update users set last_seen_at = seen.at
      from unnest(${seen.map(({ id }) => id)}::text[], ${seen.map(({ at }) => new Date(at).toISOString())}::timestamptz[])
        as seen (id, at)
      where users.id = seen.id and (users.last_seen_at is null or users.last_seen_at < seen.at)`.execute(
      this.#db,
    )
  }

  async #read(users: RawBuilder<Row>): Promise<{ users: StoredUser[]; total: number }> {
    const { rows } = await sql<{ total: number } & (Row | { id: null })>`
      select total, page.* from head_count left join lateral (${users}) page on true
      order by page.username_key`.execute(this.#db)
    return {
      total: rows[0]?.total ?? 0,
      users: rows.flatMap((row) => (row.id === null ? [] : [storedUser(row)])),
    }
  }
}

function storedUser({ id, username, username_key, last_seen_at }: Row): StoredUser {
  return { id, username, key: username_key, lastSeenAt: last_seen_at?.getTime() ?? null }
}

type Keys = RawBuilder<{ username_key: string }>

function everybody(after: string, skip: number, limit: number): RawBuilder<Row> {
  const first = sql`(
    select username_key from users where username_key > ${after} order by username_key offset ${skip} limit 1
  )`
  return sql<Row>`
    select id, username, username_key, last_seen_at from users
    where ${skip === 0 ? sql`username_key > ${after}` : sql`username_key >= ${first}`}
    order by username_key limit ${limit}`
}

function withUsers(keys: Keys): RawBuilder<Row> {
  return sql<Row>`
    select id, username, username_key, last_seen_at from (${keys}) matched join users using (username_key)`
}

/** Three characters and more: among the places that have one of its grams, those with the whole part. */
function matches(part: string, after: string, skip: number, limit: number): Keys {
  return sql`
    select username_key from name_grams
    where gram = ${bestGram(part, after)} and username_key > ${after} and strpos(username_key, ${part}) > 0
    order by username_key offset ${skip} limit ${limit}`
}

/** The gram whose next 64 places reach furthest: the fewest have to be read with it. */
function bestGram(part: string, after: string): RawBuilder<string> {
  const characters = Array.from(part)
  const places = characters.slice(2, 2 + GRAMS_COMPARED).keys()
  const grams = new Set([...places].map((place) => characters.slice(place, place + 3).join('')))
  if (grams.size === 1) return sql`${characters.slice(0, 3).join('')}`
  return sql`(
    select gram from unnest(${[...grams]}::text[]) gram
    order by (
      select username_key from name_grams
      where name_grams.gram = gram.gram and username_key > ${after}
      order by username_key offset 63 limit 1
    ) desc nulls first
    limit 1)`
}

function lookThrough(part: string, after: string, skip: number, limit: number): Keys {
  return sql`
    select username_key from users where username_key > ${after} and strpos(username_key, ${part}) > 0
    order by username_key offset ${skip} limit ${limit}`
}

function lookThroughSome(part: string, after: string, limit: number): Keys {
  return sql`
    select username_key from (
      select username_key from users where username_key > ${after} order by username_key limit ${LOOK_THROUGH}
    ) some_names
    where strpos(username_key, ${part}) > 0 order by username_key limit ${limit}`
}

/** One character or two: the next matches of every gram that begins so. U+10FFFF is in no name. */
function shortMatches(part: string, after: string, limit: number): Keys {
  const end = `${part}\u{10FFFF}`
  return sql`
    with recursive grams (gram) as (
      (select gram from name_grams where gram >= ${part} and gram < ${end} order by gram limit 1)
      union all
      select (
        select gram from name_grams where gram > grams.gram and gram < ${end} order by gram limit 1
      ) from grams where gram is not null
    )
    select distinct username_key from grams cross join lateral (
      select username_key from name_grams where gram = grams.gram and username_key > ${after}
      order by username_key limit ${limit}
    ) next
    order by username_key limit ${limit}`
}
