import { type RedisServer, startRedisServer } from '@rollcall/api/testing/services/redis-server'
import pg from 'pg'

import { Services } from '../chaos/services.ts'
import { MadeUpSessions } from '../made-up-sessions.ts'
import type { Visitor } from './load/dialects.ts'
import { fillDatabase } from './many-accounts.ts'
import { newSecret, type Surroundings } from './subjects.ts'

/** A PostgreSQL and a Redis of one's own, with made-up people in it, some of whom have sessions. */
export interface House {
  readonly surroundings: Surroundings
  /** With a session each. */
  readonly visitors: readonly (Visitor & { readonly id: string })[]
  close(): Promise<void>
}

export interface HouseOptions {
  readonly accounts: number
  readonly visitors: number
  /** Of a PostgreSQL that is there; a server of one's own where it is left out. */
  readonly databaseUrl?: string | undefined
}

export async function openHouse({ accounts, visitors, databaseUrl: url }: HouseOptions): Promise<House> {
  const services = url === undefined ? await Services.start() : Services.at(url)
  const redis: RedisServer = await startRedisServer()
  const close = async () => {
    await redis.stop()
    await services.stop()
  }
  try {
    const databaseUrl = await services.createDatabase()
    await fillDatabase(databaseUrl, accounts)
    const secret = newSecret()
    return {
      surroundings: { databaseUrl, redisUrl: redis.url, secret },
      visitors: await visitorsOf(databaseUrl, secret, visitors),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function visitorsOf(url: string, secret: string, count: number): Promise<House['visitors']> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    const madeUp = new MadeUpSessions({ pool, secret, secure: false })
    const sessions = await madeUp.begin(await madeUp.users(count))
    return sessions.map(({ user, cookie }) => ({ id: user.id, name: user.username, cookie }))
  } finally {
    await pool.end()
  }
}
