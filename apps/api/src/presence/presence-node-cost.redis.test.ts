import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openRedis, type RedisLink } from '../platform/redis.ts'
import { startRedisServer, type RedisServer } from '../testing/services/redis-server.ts'
import { newId, redisTarget, silent } from '../testing/tested-redis-store.ts'
import { PresenceNode } from './presence-node.ts'
import { RedisPresenceStore } from './redis-presence-store.ts'

const LEASE_MS = 1_500
const BEAT_MS = LEASE_MS / 6
const MANY = 10_000
const PATIENCE = { timeout: 20_000 }
const NO_EVENTS = {
  changed: () => {},
  ended: () => {},
  directory: () => {},
  freshness: () => {},
  seen: () => {},
  recheck: () => {},
}

let server: RedisServer
let admin: Redis
let link: RedisLink
let node: PresenceNode

beforeAll(async () => {
  server = await startRedisServer()
  admin = new Redis({ host: '127.0.0.1', port: server.port })
  link = await openRedis({ target: redisTarget(server.url), log: silent })
  node = new PresenceNode({
    store: new RedisPresenceStore({ link, newId, log: silent }),
    leaseMs: LEASE_MS,
    graceMs: 400,
    shared: true,
    log: silent,
    events: NO_EVENTS,
  })
  await node.start()
  await node.ready
})
afterAll(async () => {
  await node.stop()
  link.close()
  admin.disconnect()
  await server.stop()
})

/** How many steps clients have asked for since the last reset. */
async function steps(): Promise<number> {
  const stats = await admin.info('commandstats')
  const calls = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].map(([, count]) => Number(count))
  return calls.reduce((sum, count) => sum + count, 0)
}

test(`${MANY} who come at once leave in few steps, and ${MANY} at rest cause none but the beats`, async () => {
  await admin.config('RESETSTAT')
  const came = performance.now()
  for (let i = 0; i < MANY; i++)
    node.open(`connection-${i}`, `session-${i}`, { id: `id-${i}`, name: `n${i}` })
  await expect.poll(held, PATIENCE).toBe(MANY)
  expect((await steps()) - mostBeatsSince(came)).toBeLessThanOrEqual(MANY / 1_000)

  await admin.config('RESETSTAT')
  const began = performance.now()
  await expect.poll(steps, PATIENCE).toBeGreaterThanOrEqual(10)
  expect(await steps()).toBeLessThanOrEqual(mostBeatsSince(began))
})

function mostBeatsSince(began: number): number {
  return Math.ceil((performance.now() - began) / BEAT_MS) + 1
}

async function held(): Promise<number> {
  const [key] = await admin.keys('*:online')
  return key === undefined ? 0 : await admin.hlen(key)
}
