import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { type Database, openDatabase } from '@rollcall/api'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { seededRandom } from './names.ts'
import { seedUsers } from './seed-users.ts'

let dataDir: string
let database: Database

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rollcall-seed-'))
  database = await openDatabase({ databaseUrl: null, dataDir })
})
afterAll(async () => {
  await database.close()
  await rm(dataDir, { recursive: true })
})

test('as many are added as were asked for, whatever names are taken', async () => {
  const first = await seedUsers(database, { users: 2500, random: seededRandom(1) })
  expect(first).toEqual({ added: 2500, total: 2500 })
  const told: number[] = []
  const again = { users: 500, random: seededRandom(1), onProgress: (added: number) => told.push(added) }
  expect(await seedUsers(database, again)).toEqual({ added: 500, total: 3000 })
  expect(told.at(-1)).toBe(500)
  const rows = await database.db.selectFrom('users').select(['id', 'password_hash']).execute()
  expect(rows).toHaveLength(3000)
  expect(rows.filter((row) => !/^[\w-]{16}$/.test(row.id) || row.password_hash !== null)).toEqual([])
})

test('it ends early where it is told to, with right counts', async () => {
  const stop = new AbortController()
  const before = (await seedUsers(database, { users: 1, random: Math.random })).total
  const cut = seedUsers(database, {
    users: 10_000,
    random: Math.random,
    stop: stop.signal,
    onProgress: () => stop.abort(),
  })
  const { added, total } = await cut
  expect(added).toBeLessThan(10_000)
  expect(total).toBe(before + added)
})

test('the embedded database of a running product is left alone, with one line that says so', async () => {
  const seed = spawn(process.execPath, [fileURLToPath(new URL('seed.ts', import.meta.url)), '--users', '5'], {
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, DATABASE_URL: '' },
  })
  const [said, code] = await Promise.all([
    text(seed.stderr),
    new Promise((resolve) => seed.once('exit', resolve)),
  ])
  expect(said.trim().split('\n')).toEqual([expect.stringMatching(/DATA_DIR .*in use.* process \d+/)])
  expect(code).toBe(1)
})
