import { newId } from '@rollcall/api'
import { foldName } from '@rollcall/protocol'
import type { Pool } from 'pg'

/** Adds users without a password, whose names begin so, and answers them. */
export async function addMadeUpPeople(
  pool: Pool,
  prefix: string,
  count: number,
): Promise<{ id: string; username: string }[]> {
  const people = Array.from({ length: count }, (_, i) => ({ id: newId(), username: `${prefix}-${i}` }))
  await pool.query(
    `insert into users (id, username, username_key)
     select * from unnest($1::text[], $2::text[], $3::text[])`,
    [
      people.map(({ id }) => id),
      people.map(({ username }) => username),
      people.map(({ username }) => foldName(username)),
    ],
  )
  return people
}
