import { StoreUnavailable } from '@rollcall/presence'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { silent } from '../testing/tested-redis-store.ts'
import { PrivateRedis, SHORT_MS } from './testing/private-redis.ts'
import { ann, batch, beat, bob } from './testing/store-calls.ts'
import { until } from './testing/until.ts'

let redis: PrivateRedis
beforeEach(async () => {
  redis = await PrivateRedis.start()
})
afterEach(() => redis.stop())

describe('a redis that', () => {
  test('is used by others too: what they publish on our channel is not ours', async () => {
    const { store, epoch, entries } = await redis.begun()
    for (const text of [
      '',
      'hello',
      '[]',
      '["e",1,2,["?","a","b"]]',
      '["e",1,2,["+","a","b","c"]]',
      '{"a":1}',
    ]) {
      await redis.admin.publish('{rollcall}:0:entries', text)
    }
    await store.apply(batch(epoch, 2, { holds: [bob] }))
    await until(() => entries.some(({ first }) => first === 2))
    expect(entries).toHaveLength(2)
  })

  test('has several databases keeps them apart, published messages too', async () => {
    const [one, two] = [
      await (await redis.open(`${redis.server.url}/1`)).listen(),
      await (await redis.open(`${redis.server.url}/2`)).listen(),
    ]
    const epoch = await one.store.begin(null)
    expect(await two.store.epoch()).toBe(null)
    await one.store.beat(beat(epoch))
    await one.store.apply(batch(epoch, 1, { holds: [ann] }))
    await until(() => one.entries.length === 1)
    const other = await two.store.begin(null)
    await two.store.beat(beat(other))
    await two.store.apply(batch(other, 1, { holds: [bob] }))
    await until(() => two.entries.length === 1)
    expect([one.entries, two.entries].map(([entry]) => entry?.epoch)).toEqual([epoch, other])
    expect(one.entries).toHaveLength(1)
  })

  test('wants a password gets it', async () => {
    await redis.admin.acl('SETUSER', 'me', 'on', '>pass/word', '~*', '&*', '+@all')
    await redis.admin.config('SET', 'requirepass', 's3cret')
    for (const who of [':s3cret', 'me:pass%2Fword']) {
      const { store } = await redis.open(redis.server.url.replace('redis://', `redis://${who}@`))
      expect(await store.epoch()).toBe(null)
    }
    const log = Object.assign(pino({ level: 'silent' }), { warn: vi.fn<typeof silent.warn>() })
    const { store } = await redis.open(redis.server.url, log, SHORT_MS)
    await expect(store.epoch()).rejects.toBeInstanceOf(StoreUnavailable)
    expect(log.warn.mock.calls.flat().join(' ')).toContain('NOAUTH')
  })

  test('may evict what it holds is warned of', async () => {
    const log = Object.assign(pino({ level: 'silent' }), { warn: vi.fn<typeof silent.warn>() })
    await redis.open(redis.server.url, log)
    expect(log.warn).not.toHaveBeenCalled()
    await redis.admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await redis.open(redis.server.url, log)
    await expect.poll(() => log.warn.mock.calls.flat().join(' '), { timeout: 30_000 }).toContain('noeviction')
  })
})
