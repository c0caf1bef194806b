import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startRedisCluster, type RedisCluster } from '../testing/services/redis-cluster.ts'
import { createRateLimit } from './rate-limit.ts'
import { parseRedisUrl } from './redis-url.ts'
import { openRedis, type RedisLink } from './redis.ts'

let cluster: RedisCluster
let links: RedisLink[] = []

beforeAll(async () => {
  cluster = await startRedisCluster()
  const parsed = parseRedisUrl(cluster.url)
  if (!parsed.ok) throw new Error(parsed.fault)
  const open = () => openRedis({ target: parsed.target, log: pino({ level: 'silent' }) })
  links = await Promise.all([open(), open()])
})
afterAll(async () => {
  for (const link of links) link.close()
  await cluster.stop()
})

test('a limit is one for all processes, on a Cluster too', async () => {
  const [here, there] = links.map((redis) =>
    createRateLimit({ name: 'test', points: 3, seconds: 3600, redis }),
  )
  for (let i = 0; i < 3; i++) expect(await there?.take('somebody')).toBe(0)
  expect(await here?.take('somebody')).toBeGreaterThan(0)
  expect(await here?.take('somebody else')).toBe(0)
})
