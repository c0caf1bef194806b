import { openDatabase } from '@rollcall/api'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { Services } from './chaos/services.ts'
import { MadeUpSessions } from './made-up-sessions.ts'

const person = { id: 'person', username: 'person' }
const madeUp = { id: 'made-up', username: 'made-up' }

let services: Services
let pool: pg.Pool

beforeAll(async () => {
  const url = process.env['DATABASE_URL']
  if (url === undefined) throw new Error('DATABASE_URL is missing: npm test sets it.')
  services = Services.at(url)
  const databaseUrl = await services.createDatabase()
  const database = await openDatabase({ databaseUrl, dataDir: '' })
  await database.close()
  pool = new pg.Pool({ connectionString: databaseUrl })
  await pool.query(
    `insert into users (id, username, username_key, password_hash) values ($1, $1, $1, 'a hash'), ($2, $2, $2, null)`,
    [person.id, madeUp.id],
  )
})
afterAll(async () => {
  await pool.end()
  await services.stop()
})

const sessionsIn = async () => (await pool.query('select user_id from sessions')).rows

test('a session is made for a made-up user only, and removed again', async () => {
  const sessions = new MadeUpSessions({ pool, secret: 'a secret of 32 characters and more', secure: false })
  expect(await sessions.users(10)).toEqual([madeUp])
  const begun = await sessions.begin([person, madeUp])
  expect(begun.map(({ user }) => user)).toEqual([madeUp])
  expect(begun[0]?.cookie).toMatch(/^rollcall=[^;]+$/)
  expect(await sessionsIn()).toEqual([{ user_id: madeUp.id }])
  await sessions.end(begun)
  expect(await sessionsIn()).toEqual([])
})

test('over https the cookie has the name that counts there', async () => {
  const sessions = new MadeUpSessions({ pool, secret: 'a secret of 32 characters and more', secure: true })
  const begun = await sessions.begin([madeUp])
  expect(begun[0]?.cookie).toMatch(/^__Host-rollcall=/)
  await sessions.end(begun)
})
