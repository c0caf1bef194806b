import { randomBytes } from 'node:crypto'

import { storeContract } from '@rollcall/presence/testing'

import { testedRedisStore } from '../testing/tested-redis-store.ts'

const url = process.env['REDIS_URL']
if (url === undefined) throw new Error('REDIS_URL is not set: npm test sets it')

storeContract('redis', async (options) =>
  testedRedisStore({ ...options, url, namespace: `test-${randomBytes(6).toString('hex')}` }),
)
