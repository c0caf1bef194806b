import { randomBytes } from 'node:crypto'

import { storeContract } from '@rollcall/presence/testing'
import { afterAll, beforeAll } from 'vitest'

import { startRedisCluster, type RedisCluster } from '../testing/services/redis-cluster.ts'
import { testedRedisStore } from '../testing/tested-redis-store.ts'

let cluster: RedisCluster

beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(async () => {
  await cluster.stop()
})

storeContract('a redis cluster of three', async (options) =>
  testedRedisStore({ ...options, url: cluster.url, namespace: `test-${randomBytes(6).toString('hex')}` }),
)
