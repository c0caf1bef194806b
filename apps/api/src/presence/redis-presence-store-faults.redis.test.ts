import { setTimeout as sleep } from 'node:timers/promises'

import { StoreUnavailable, type Batch, type Beat, type Entry, type PresenceStore } from '@rollcall/presence'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { openRedis, type RedisLink } from '../platform/redis.ts'
import { startRedisServer, type RedisServer } from '../testing/services/redis-server.ts'
import { answered, newId, PATIENT_MS, redisTarget, silent } from '../testing/tested-redis-store.ts'
import { RedisPresenceStore } from './redis-presence-store.ts'

/** For what Redis keeps waiting. */
const SHORT_MS = 1_000
const LONG = { leaseMs: 600_000, graceMs: 300_000 }

interface Heard {
  readonly store: PresenceStore
  readonly link: RedisLink
  readonly entries: Entry[]
  readonly links: string[]
}

let server: RedisServer
let admin: Redis
let links: RedisLink[]
let others: RedisServer[]

beforeEach(async () => {
  server = await startRedisServer()
  admin = client(server)
  links = []
  others = []
})
afterEach(async () => {
  admin.disconnect()
  for (const link of links) link.close()
  await Promise.all([server, ...others].map((each) => each.stop()))
})

function client({ port }: { port: number }): Redis {
  const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 50 })
  return redis.on('error', () => {})
}

async function open(url = server.url, log = silent, commandTimeoutMs = PATIENT_MS): Promise<Heard> {
  const link = await openRedis({ target: redisTarget(url), log, commandTimeoutMs })
  links.push(link)
  const store = new RedisPresenceStore({ link, newId, log: silent, subscribeMs: commandTimeoutMs })
  return { store, link, entries: [], links: [] }
}

async function listen(to: Heard): Promise<Heard> {
  await to.store.subscribe({
    entry: (entry) => to.entries.push(entry),
    probe: () => {},
    subscribed: () => to.links.push('subscribed'),
    unsubscribed: () => to.links.push('unsubscribed'),
  })
  return to
}

function batch(epoch: string, number: number, changed: Partial<Batch>): Batch {
  return { epoch, incarnation: 'a', number, holds: [], releases: [], notices: [], ...changed }
}

function beat(epoch: string, changed: Partial<Beat> = {}): Beat {
  return { epoch, incarnation: 'a', joins: true, ...LONG, ...changed }
}

const ann = { id: 'ann', name: 'Ann' }
const bob = { id: 'bob', name: 'Bob' }

/** A store with a process that holds Ann. */
async function begun(commandTimeoutMs = PATIENT_MS): Promise<Heard & { epoch: string }> {
  const heard = await listen(await open(server.url, silent, commandTimeoutMs))
  const epoch = await heard.store.begin(null)
  await heard.store.beat(beat(epoch))
  await heard.store.apply(batch(epoch, 1, { holds: [ann] }))
  return { ...heard, epoch }
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 30_000 }).toBe(true)
}

describe('a redis that', () => {
  test('forgets its scripts is sent them again', async () => {
    const { store, epoch } = await begun()
    await admin.script('FLUSH')
    expect(await store.apply(batch(epoch, 2, { holds: [bob] }))).toMatchObject({ result: 'done' })
    expect(await store.beat(beat(epoch))).toMatchObject({ number: 2, held: 2 })
  })

  test('P7 was flushed has lost the epoch', async () => {
    const { store, epoch } = await begun()
    await admin.flushall()
    expect(await store.epoch()).toBe(null)
    expect(await store.beat(beat(epoch))).toEqual({ result: 'lost' })
    expect(await store.apply(batch(epoch, 2, { holds: [bob] }))).toEqual({ result: 'lost' })
    expect(await store.snapshot(epoch)).toEqual({ result: 'lost' })
  })

  test('P5 is frozen answers nobody in time, executes late, and takes no number twice', async () => {
    const { store, epoch, entries } = await begun(SHORT_MS)
    server.freeze()
    await expect(store.apply(batch(epoch, 2, { holds: [bob] }))).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.beat(beat(epoch))).rejects.toBeInstanceOf(StoreUnavailable)
    server.thaw()
    await until(() => entries.some(({ changes }) => changes.some(({ id }) => id === 'bob')))
    expect(await answered(() => store.apply(batch(epoch, 2, { releases: ['bob'] })))).toEqual({
      result: 'refused',
    })
    expect(await answered(() => store.beat(beat(epoch)))).toMatchObject({ number: 2, held: 2 })
  })

  test('P5 is frozen for long is left, and what waited in its socket still takes no number twice', async () => {
    const { store, link, epoch } = await begun(SHORT_MS)
    server.freeze()
    await expect(store.apply(batch(epoch, 2, { holds: [bob] }))).rejects.toBeInstanceOf(StoreUnavailable)
    await until(() => !link.isUp())
    // Nothing waits for the link: each call is refused at once.
    await expect(store.apply(batch(epoch, 3, {}))).rejects.toBeInstanceOf(StoreUnavailable)
    server.thaw()
    await answered(() => store.apply(batch(epoch, 4, { releases: ['bob'] })))
    for (let i = 0; i < 5; i++) {
      expect(await store.beat(beat(epoch))).toMatchObject({ number: 4, held: 1, online: 1 })
      await sleep(20)
    }
  })

  test('P6 is full refuses beats, batches and burials, and answers what it knows', async () => {
    const { store, epoch } = await begun()
    const short = { leaseMs: 300, graceMs: 100 }
    await store.beat(beat(epoch, { incarnation: 'b', ...short }))
    await sleep(400)
    await admin.config('SET', 'maxmemory', 1)
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
    await admin.config('SET', 'maxmemory', 0)
    expect(await store.beat(beat(epoch))).toMatchObject({ number: 1, online: 1, members: 2 })
    expect(await store.apply(batch(epoch, 2, { holds: [bob] }))).toMatchObject({ result: 'done' })
  })

  test('misses its replicas refuses to write', async () => {
    const { store, epoch } = await begun()
    await admin.config('SET', 'min-replicas-to-write', 1)
    await expect(store.beat(beat(epoch))).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('NOREPLICAS'),
    })
    await admin.config('SET', 'min-replicas-to-write', 0)
    expect(await answered(() => store.beat(beat(epoch)))).toMatchObject({ result: 'beating' })
  })

  test('P7 became a replica has no say, and as a master again it has lost the epoch', async () => {
    const { store, epoch } = await begun()
    const master = await startRedisServer()
    others.push(master)
    await admin.call('REPLICAOF', '127.0.0.1', master.port)
    const hasNoSay = expect.objectContaining({
      name: 'StoreUnavailable',
      message: expect.stringContaining('READONLY'),
    })
    await expect(store.beat(beat(epoch))).rejects.toEqual(hasNoSay)
    const { store: late } = await open()
    await expect(late.epoch()).rejects.toEqual(hasNoSay)
    await admin.call('REPLICAOF', 'NO', 'ONE')
    expect(await answered(() => store.epoch())).toBe(null)
    expect(await answered(() => store.beat(beat(epoch)))).toEqual({ result: 'lost' })
  })

  test('P7 was promoted is not trusted, even where it has all the data', async () => {
    const replica = await startRedisServer({
      config: [`replicaof 127.0.0.1 ${server.port}`],
    })
    others.push(replica)
    // A master's history begins anew when its first replica comes, and so would the epoch.
    await expect.poll(async () => admin.info('replication'), { timeout: 30_000 }).toContain('state=online')
    const { store, epoch } = await begun()
    const there = client(replica)
    await expect
      .poll(async () => there.hexists(`{rollcall}:${epoch}:online`, 'ann'), { timeout: 30_000 })
      .toBe(1)
    await there.call('REPLICAOF', 'NO', 'ONE')
    const promoted = await open(replica.url)
    expect(await promoted.store.epoch()).toBe(null)
    expect(await promoted.store.beat(beat(epoch))).toEqual({ result: 'lost' })
    expect(await store.beat(beat(epoch))).toMatchObject({ result: 'beating' })
    expect(await promoted.store.begin(epoch)).not.toBe(epoch)
    there.disconnect()
  })

  test('P7 keeps nothing of an epoch that is over', async () => {
    const { store, epoch } = await begun()
    await store.beat(beat(epoch, { incarnation: 'b' }))
    await store.apply(batch(epoch, 1, { incarnation: 'b', holds: [bob] }))
    const next = await store.begin(epoch)
    await expect
      .poll(async () => (await admin.keys('*')).toSorted(), { timeout: 30_000 })
      .toEqual([`{rollcall}:${next}:beats`, '{rollcall}:epoch'].toSorted())
  })

  test('P4 cuts the subscription is subscribed to again, and both are said', async () => {
    const { store, epoch, entries, links: said } = await begun()
    await until(() => entries.length === 1)
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until(() => said.length === 3)
    expect(said).toEqual(['subscribed', 'unsubscribed', 'subscribed'])
    await store.apply(batch(epoch, 2, { holds: [bob] }))
    await until(() => entries.length === 2)
  })

  test('P7 publishes what does not arrive is subscribed to anew when asked', async () => {
    const heard = await open()
    const listener = {
      entry: (entry: Entry) => heard.entries.push(entry),
      probe: () => {},
      subscribed: () => heard.links.push('subscribed'),
      unsubscribed: () => heard.links.push('unsubscribed'),
    }
    await heard.store.subscribe(listener)
    await heard.store.subscribe(listener)
    expect(heard.links).toEqual(['subscribed', 'unsubscribed', 'subscribed'])
    const epoch = await heard.store.begin(null)
    await heard.store.beat(beat(epoch))
    await heard.store.apply(batch(epoch, 1, { holds: [ann] }))
    await until(() => heard.entries.length === 1)
  })

  test('cuts all connections is back by itself', async () => {
    const { store, epoch, links: said } = await begun()
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    expect(await answered(() => store.beat(beat(epoch)))).toMatchObject({ result: 'beating', held: 1 })
    await until(() => said.length === 3)
  })

  test('P7 restarts empty is begun anew', async () => {
    const { store, epoch, links: said } = await begun()
    await server.kill()
    await expect(store.beat(beat(epoch))).rejects.toBeInstanceOf(StoreUnavailable)
    server = await startRedisServer({ port: server.port })
    expect(await answered(() => store.beat(beat(epoch)))).toEqual({ result: 'lost' })
    expect(await store.epoch()).toBe(null)
    await until(() => said.at(-1) === 'subscribed' && said.length === 3)
  })

  test('is away at the start is waited for, not long, and used when it is there', async () => {
    await server.kill()
    const heard = await open(server.url, silent, SHORT_MS)
    expect(heard.link.isUp()).toBe(false)
    await expect(heard.store.epoch()).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(listen(heard)).rejects.toBeInstanceOf(StoreUnavailable)
    expect(heard.links).toEqual([])
    server = await startRedisServer({ port: server.port })
    await until(() => heard.links.includes('subscribed'))
    expect(await answered(() => heard.store.epoch())).toBe(null)
  })

  test('is used by others too: what they publish on our channel is not ours', async () => {
    const { store, epoch, entries } = await begun()
    for (const text of [
      '',
      'hello',
      '[]',
      '["e",1,2,["?","a","b"]]',
      '["e",1,2,["+","a","b","c"]]',
      '{"a":1}',
    ]) {
      await admin.publish('{rollcall}:0:entries', text)
    }
    await store.apply(batch(epoch, 2, { holds: [bob] }))
    await until(() => entries.some(({ first }) => first === 2))
    expect(entries).toHaveLength(2)
  })

  test('has several databases keeps them apart, published messages too', async () => {
    const [one, two] = [
      await listen(await open(`${server.url}/1`)),
      await listen(await open(`${server.url}/2`)),
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
    await admin.acl('SETUSER', 'me', 'on', '>pass/word', '~*', '&*', '+@all')
    await admin.config('SET', 'requirepass', 's3cret')
    for (const who of [':s3cret', 'me:pass%2Fword']) {
      const { store } = await open(server.url.replace('redis://', `redis://${who}@`))
      expect(await store.epoch()).toBe(null)
    }
    const log = Object.assign(pino({ level: 'silent' }), { warn: vi.fn<typeof silent.warn>() })
    const { store } = await open(server.url, log, SHORT_MS)
    await expect(store.epoch()).rejects.toBeInstanceOf(StoreUnavailable)
    expect(log.warn.mock.calls.flat().join(' ')).toContain('NOAUTH')
  })

  test('may evict what it holds is warned of', async () => {
    const log = Object.assign(pino({ level: 'silent' }), { warn: vi.fn<typeof silent.warn>() })
    await open(server.url, log)
    expect(log.warn).not.toHaveBeenCalled()
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await open(server.url, log)
    await expect.poll(() => log.warn.mock.calls.flat().join(' '), { timeout: 30_000 }).toContain('noeviction')
  })
})
