import { setTimeout as sleep } from 'node:timers/promises'

import { StoreUnavailable, type Entry, type PresenceStore, type StoreListener } from '@rollcall/presence'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'

import { openRedis, type RedisLink } from '../platform/redis.ts'
import { startRedisCluster } from '../testing/services/redis-cluster.ts'
import { startRedisSentinel } from '../testing/services/redis-sentinel.ts'
import type { RedisServer } from '../testing/services/redis-server.ts'
import { answered, newId, redisTarget, silent } from '../testing/tested-redis-store.ts'
import { RedisPresenceStore } from './redis-presence-store.ts'

/** Sentinels on a busy machine distrust their clocks, and do nothing for half a minute. */
const PATIENCE_MS = 120_000
const TEST_MS = 2 * PATIENCE_MS

const LEASE = { leaseMs: 600_000, graceMs: 300_000 }

interface Watched {
  readonly store: PresenceStore
  readonly link: RedisLink
  readonly entries: Entry[]
  readonly links: string[]
  readonly listener: StoreListener
}

async function open(url: string): Promise<Watched> {
  const link = await openRedis({ target: redisTarget(url), log: silent, commandTimeoutMs: 1_000 })
  const store = new RedisPresenceStore({ link, newId, log: silent })
  const entries: Entry[] = []
  const links: string[] = []
  const listener: StoreListener = {
    entry: (entry) => entries.push(entry),
    probe: () => {},
    subscribed: () => links.push('subscribed'),
    unsubscribed: () => links.push('unsubscribed'),
  }
  await answered(() => store.subscribe(listener))
  return { store, link, entries, links, listener }
}

/** Joins, and holds Ann: what each process does when an epoch begins. */
async function hold({ store }: Watched, epoch: string, number = 1): Promise<void> {
  await store.beat({ epoch, incarnation: 'a', joins: true, ...LEASE })
  await store.apply({
    epoch,
    incarnation: 'a',
    number,
    holds: [{ id: 'ann', name: 'Ann' }],
    releases: [],
    notices: [],
  })
}

/** The fault befalls while batches are sent; the epoch is lost, another begun, and all is said and heard again. */
async function survives(watched: Watched, fault: () => Promise<unknown>): Promise<void> {
  const { store, links, entries } = watched
  let epoch = await answered(() => store.begin(null))
  await answered(() => hold(watched, epoch))
  const failure: { error: unknown; over: boolean } = { error: null, over: false }
  const befalling = fault()
    .catch((error: unknown) => (failure.error = error))
    .finally(() => (failure.over = true))
  const deadline = Date.now() + PATIENCE_MS
  for (let number = 2, lost = false; !(failure.over && lost); number++) {
    expect(Date.now(), 'the epoch should be lost by now').toBeLessThan(deadline)
    try {
      const answer = await store.apply({
        epoch,
        incarnation: 'a',
        number,
        holds: [],
        releases: [],
        notices: [],
      })
      lost = answer.result === 'lost'
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailable)
    }
    await sleep(20)
  }
  await befalling
  expect(failure.error).toBe(null)
  const lost = epoch
  epoch = await answered(() => store.begin(lost))
  await answered(() => hold(watched, epoch))
  // What is published arrives again: by itself, or because what does not arrive is asked for anew, as a process does.
  for (let number = 2; entries.at(-1)?.epoch !== epoch; number++) {
    expect(Date.now(), `the new epoch should be heard of by now, not only ${links.join()}`).toBeLessThan(
      deadline,
    )
    if (number % 20 === 0) await answered(() => store.subscribe(watched.listener))
    const notice = { kind: 'ended', id: 'ann', session: `${number}` } as const
    await answered(() =>
      store.apply({ epoch, incarnation: 'a', number, holds: [], releases: [], notices: [notice] }),
    )
    await sleep(100)
  }
  expect(links.at(-1)).toBe('subscribed')
}

describe('P7 a failover is a loss, and no more', { timeout: TEST_MS }, () => {
  test.concurrent('a Sentinel group whose master is silent gets another', async () => {
    const group = await startRedisSentinel()
    await using(group, async (watched) => survives(watched, async () => group.servers[0].freeze()))
  })

  test.concurrent('a Sentinel group fails over on demand', async () => {
    const group = await startRedisSentinel()
    await using(group, async (watched) => survives(watched, async () => group.failOver()))
  })

  test.concurrent('a Cluster replaces the master of our slot', async () => {
    const cluster = await startRedisCluster({ replicas: true })
    await using(cluster, async (watched) => {
      const ours = portOf(await watched.link.commands.info('server'))
      await survives(watched, async () => cluster.masters.find(({ port }) => port === ours)?.kill())
    })
  })

  test.concurrent('a Cluster gives our slot to another node', async () => {
    const cluster = await startRedisCluster()
    await using(cluster, async (watched) => {
      const { commands, prefix } = watched.link
      // What is not ours and lies elsewhere does not move us.
      await Promise.all([1, 2, 3, 4, 5, 6].map((key) => commands.get(`${key}`).catch(() => null)))
      expect(watched.link.isUp()).toBe(true)
      expect(watched.links).toEqual(['subscribed'])
      const slot = await commands.cluster('KEYSLOT', prefix)
      await survives(watched, async () =>
        moveSlot(slot, cluster.masters, portOf(await commands.info('server'))),
      )
    })
  })
})

function portOf(info: string): number {
  return Number(/tcp_port:(\d+)/.exec(info)?.[1])
}

/** As `redis-cli --cluster reshard` does it. */
async function moveSlot(slot: number, servers: readonly RedisServer[], from: number): Promise<void> {
  const nodes = servers.map(({ port }) => ({ port, redis: new Redis({ host: '127.0.0.1', port }) }))
  try {
    const source = nodes.find(({ port }) => port === from)
    const target = nodes.find(({ port }) => port !== from)
    if (source === undefined || target === undefined) throw new Error('A Cluster has several nodes')
    const [sourceId, targetId] = [await source.redis.cluster('MYID'), await target.redis.cluster('MYID')]
    await target.redis.cluster('SETSLOT', slot, 'IMPORTING', sourceId)
    await source.redis.cluster('SETSLOT', slot, 'MIGRATING', targetId)
    const keys = async (): Promise<string[]> => source.redis.cluster('GETKEYSINSLOT', slot, 100)
    for (let some = await keys(); some.length > 0; some = await keys()) {
      await source.redis.call('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'REPLACE', 'KEYS', ...some)
    }
    for (const { redis } of [target, source]) await redis.cluster('SETSLOT', slot, 'NODE', targetId)
  } finally {
    for (const { redis } of nodes) redis.disconnect()
  }
}

async function using(
  servers: { url: string; stop(): Promise<void> },
  use: (watched: Watched) => Promise<void>,
): Promise<void> {
  const watched = await open(servers.url)
  try {
    await use(watched)
  } finally {
    watched.link.close()
    await servers.stop()
  }
}
