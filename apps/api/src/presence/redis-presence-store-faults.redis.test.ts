import { setTimeout as sleep } from 'node:timers/promises'

import { StoreUnavailable } from '@rollcall/presence'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { answered, silent } from '../testing/tested-redis-store.ts'
import { PrivateRedis, redisClient, SHORT_MS } from './testing/private-redis.ts'
import { ann, batch, beat, bob } from './testing/store-calls.ts'
import { until } from './testing/until.ts'

let redis: PrivateRedis
beforeEach(async () => {
  redis = await PrivateRedis.start()
})
afterEach(() => redis.stop())

describe('a redis that', () => {
  test('forgets its scripts is sent them again', async () => {
    const { store, epoch } = await redis.begun()
    await redis.admin.script('FLUSH')
    expect(await store.apply(batch(epoch, 2, { holds: [bob] }))).toMatchObject({ result: 'done' })
    expect(await store.beat(beat(epoch))).toMatchObject({ number: 2, held: 2 })
  })

  test('P7 was flushed has lost the epoch', async () => {
    const { store, epoch } = await redis.begun()
    await redis.admin.flushall()
    expect(await store.epoch()).toBe(null)
    expect(await store.beat(beat(epoch))).toEqual({ result: 'lost' })
    expect(await store.apply(batch(epoch, 2, { holds: [bob] }))).toEqual({ result: 'lost' })
    expect(await store.snapshot(epoch)).toEqual({ result: 'lost' })
  })

  test('P5 is frozen answers nobody in time, executes late, and takes no number twice', async () => {
    const { store, epoch, entries } = await redis.begun(SHORT_MS)
    redis.server.freeze()
    await expect(store.apply(batch(epoch, 2, { holds: [bob] }))).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.beat(beat(epoch))).rejects.toBeInstanceOf(StoreUnavailable)
    redis.server.thaw()
    await until(() => entries.some(({ changes }) => changes.some(({ id }) => id === 'bob')))
    expect(await answered(() => store.apply(batch(epoch, 2, { releases: ['bob'] })))).toEqual({
      result: 'refused',
    })
    expect(await answered(() => store.beat(beat(epoch)))).toMatchObject({ number: 2, held: 2 })
  })

  test('P5 is frozen for long is left, and what waited in its socket still takes no number twice', async () => {
    const { store, link, epoch } = await redis.begun(SHORT_MS)
    redis.server.freeze()
    await expect(store.apply(batch(epoch, 2, { holds: [bob] }))).rejects.toBeInstanceOf(StoreUnavailable)
    await until(() => !link.isUp())
    // Nothing waits for the link: each call is refused at once.
    await expect(store.apply(batch(epoch, 3, {}))).rejects.toBeInstanceOf(StoreUnavailable)
    redis.server.thaw()
    await answered(() => store.apply(batch(epoch, 4, { releases: ['bob'] })))
    for (let i = 0; i < 5; i++) {
      expect(await store.beat(beat(epoch))).toMatchObject({ number: 4, held: 1, online: 1 })
      await sleep(20)
    }
  })

  test('P6 is full refuses beats, batches and burials, and answers what it knows', async () => {
    const { store, epoch } = await redis.begun()
    const short = { leaseMs: 300, graceMs: 100 }
    await store.beat(beat(epoch, { incarnation: 'b', ...short }))
    await sleep(400)
    await redis.admin.config('SET', 'maxmemory', 1)
    const isOver = expect.objectContaining({
      name: 'StoreUnavailable',
      message: expect.stringContaining('OOM'),
    })
    await expect(store.beat(beat(epoch))).rejects.toEqual(isOver)
    await expect(store.beat(beat(epoch, { ...short, incarnation: 'c' }))).rejects.toEqual(isOver)
    await expect(store.apply(batch(epoch, 2, { holds: [bob], releases: ['ann'] }))).rejects.toEqual(isOver)
    await expect(store.release(epoch, 'b')).rejects.toEqual(isOver)
    await expect(store.leave(epoch, 'b')).rejects.toEqual(isOver)
    expect(await store.epoch()).toBe(epoch)
    expect(await store.log(epoch, 0)).toMatchObject({ result: 'done', entries: [{ first: 1 }] })
    expect(await store.snapshot(epoch)).toEqual({ result: 'done', seq: 1, online: [ann] })
    await redis.admin.config('SET', 'maxmemory', 0)
    expect(await store.beat(beat(epoch))).toMatchObject({ number: 1, online: 1, members: 2 })
    expect(await store.apply(batch(epoch, 2, { holds: [bob] }))).toMatchObject({ result: 'done' })
  })

  test('misses its replicas refuses to write', async () => {
    const { store, epoch } = await redis.begun()
    await redis.admin.config('SET', 'min-replicas-to-write', 1)
    await expect(store.beat(beat(epoch))).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('NOREPLICAS'),
    })
    await redis.admin.config('SET', 'min-replicas-to-write', 0)
    expect(await answered(() => store.beat(beat(epoch)))).toMatchObject({ result: 'beating' })
  })

  test('P7 became a replica has no say, and as a master again it has lost the epoch', async () => {
    const { store, epoch } = await redis.begun()
    const master = await redis.startAnother()
    await redis.admin.call('REPLICAOF', '127.0.0.1', master.port)
    const hasNoSay = expect.objectContaining({
      name: 'StoreUnavailable',
      message: expect.stringContaining('READONLY'),
    })
    await expect(store.beat(beat(epoch))).rejects.toEqual(hasNoSay)
    const { store: late } = await redis.open()
    await expect(late.epoch()).rejects.toEqual(hasNoSay)
    await redis.admin.call('REPLICAOF', 'NO', 'ONE')
    expect(await answered(() => store.epoch())).toBe(null)
    expect(await answered(() => store.beat(beat(epoch)))).toEqual({ result: 'lost' })
  })

  test('P7 was promoted is not trusted, even where it has all the data', async () => {
    const replica = await redis.startAnother({ config: [`replicaof 127.0.0.1 ${redis.server.port}`] })
    // A master's history begins anew when its first replica comes, and so would the epoch.
    await expect
      .poll(async () => redis.admin.info('replication'), { timeout: 30_000 })
      .toContain('state=online')
    const { store, epoch } = await redis.begun()
    const there = redisClient(replica)
    await expect
      .poll(async () => there.hexists(`{rollcall}:${epoch}:online`, 'ann'), { timeout: 30_000 })
      .toBe(1)
    await there.call('REPLICAOF', 'NO', 'ONE')
    const promoted = await redis.open(replica.url)
    expect(await promoted.store.epoch()).toBe(null)
    expect(await promoted.store.beat(beat(epoch))).toEqual({ result: 'lost' })
    expect(await store.beat(beat(epoch))).toMatchObject({ result: 'beating' })
    expect(await promoted.store.begin(epoch)).not.toBe(epoch)
    there.disconnect()
  })

  test('P7 keeps nothing of an epoch that is over', async () => {
    const { store, epoch } = await redis.begun()
    await store.beat(beat(epoch, { incarnation: 'b' }))
    await store.apply(batch(epoch, 1, { incarnation: 'b', holds: [bob] }))
    const next = await store.begin(epoch)
    await expect
      .poll(async () => (await redis.admin.keys('*')).toSorted(), { timeout: 30_000 })
      .toEqual([`{rollcall}:${next}:beats`, '{rollcall}:epoch'].toSorted())
  })

  test('P4 cuts the subscription is subscribed to again, and both are said', async () => {
    const { store, epoch, entries, links: said } = await redis.begun()
    await until(() => entries.length === 1)
    await redis.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until(() => said.length === 3)
    expect(said).toEqual(['subscribed', 'unsubscribed', 'subscribed'])
    await store.apply(batch(epoch, 2, { holds: [bob] }))
    await until(() => entries.length === 2)
  })

  test('P7 publishes what does not arrive is subscribed to anew when asked', async () => {
    const heard = await redis.open()
    await heard.listen()
    await heard.listen()
    expect(heard.links).toEqual(['subscribed', 'unsubscribed', 'subscribed'])
    const epoch = await heard.store.begin(null)
    await heard.store.beat(beat(epoch))
    await heard.store.apply(batch(epoch, 1, { holds: [ann] }))
    await until(() => heard.entries.length === 1)
  })

  test('cuts all connections is back by itself', async () => {
    const { store, epoch, links: said } = await redis.begun()
    await redis.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await redis.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    expect(await answered(() => store.beat(beat(epoch)))).toMatchObject({ result: 'beating', held: 1 })
    await until(() => said.length === 3)
  })

  test('P7 restarts empty is begun anew', async () => {
    const { store, epoch, links: said } = await redis.begun()
    await redis.server.kill()
    await expect(store.beat(beat(epoch))).rejects.toBeInstanceOf(StoreUnavailable)
    await redis.startAgain()
    expect(await answered(() => store.beat(beat(epoch)))).toEqual({ result: 'lost' })
    expect(await store.epoch()).toBe(null)
    await until(() => said.at(-1) === 'subscribed' && said.length === 3)
  })

  test('is away at the start is waited for, not long, and used when it is there', async () => {
    await redis.server.kill()
    const heard = await redis.open(redis.server.url, silent, SHORT_MS)
    expect(heard.link.isUp()).toBe(false)
    await expect(heard.store.epoch()).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(heard.listen()).rejects.toBeInstanceOf(StoreUnavailable)
    expect(heard.links).toEqual([])
    await redis.startAgain()
    await until(() => heard.links.includes('subscribed'))
    expect(await answered(() => heard.store.epoch())).toBe(null)
  })
})
