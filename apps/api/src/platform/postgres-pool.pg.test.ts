import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

import { startPostgresServer } from '../testing/services/postgres-server.ts'
import { GuardedPool } from './postgres-pool.ts'

/** The connection that asks whether the server is there. */
const PROBES = `select pid from pg_stat_activity where query = 'select 1'`

test('a pool refuses nobody because the connection broke that asks whether the server is there', async () => {
  const server = await startPostgresServer()
  onTestFinished(() => server.stop())
  const pool = new GuardedPool({ url: server.url, size: 2 })
  onTestFinished(() => pool.end())
  const admin = new pg.Client(server.url)
  await admin.connect()
  onTestFinished(() => admin.end())
  await pool.untilUp()
  const probes = async () => (await admin.query<{ pid: number }>(PROBES)).rows.map(({ pid }) => pid)
  const [old] = await probes()
  await admin.query('select pg_terminate_backend($1)', [old])
  let probe: number | undefined
  for (const end = Date.now() + 15_000; probe === undefined || probe === old; [probe] = await probes()) {
    if (Date.now() > end) throw new Error('Nothing asks any more.')
    const connection = await pool.acquire()
    await connection.query('select 2', [])
    connection.release(false)
    expect(pool.isUp).toBe(true)
  }
})
