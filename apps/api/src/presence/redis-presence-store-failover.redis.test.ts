import { setTimeout as sleep } from 'node:timers/promises'

import { StoreUnavailable, type Entry, type PresenceStore, type StoreListener } from '@rollcall/presence'
import { describe, expect, test } from 'vitest'

import { openRedis, type RedisLink } from '../platform/redis.ts'
import { startRedisCluster } from '../testing/services/redis-cluster.ts'
import { startRedisSentinel } from '../testing/services/redis-sentinel.ts'
import { answered, newId, redisTarget, silent } from '../testing/tested-redis-store.ts'
import { RedisPresenceStore } from './redis-presence-store.ts'

const LEASE = { leaseMs: 600_000, graceMs: 300_000 }

interface Watched {
  readonly store: PresenceStore
  readonly link: RedisLink
  readonly entries: Entry[]
  readonly links: string[]
}

async function open(url: string): Promise<Watched> {
  const link = await openRedis({ target: redisTarget(url), log: silent, commandTimeoutMs: 1_000 })
  const watched: Watched = {
    store: new RedisPresenceStore({ link, newId, log: silent }),
    link,
    entries: [],
    links: [],
  }
  const listener: StoreListener = {
    entry: (entry) => watched.entries.push(entry),
    probe: () => {},
    subscribed: () => watched.links.push('subscribed'),
    unsubscribed: () => watched.links.push('unsubscribed'),
  }
  await answered(() => watched.store.subscribe(listener))
  return watched
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
  const deadline = Date.now() + 50_000
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
  for (;;) {
    expect(Date.now(), 'a new epoch should have begun by now').toBeLessThan(deadline)
    try {
      epoch = await store.begin(epoch)
      await hold(watched, epoch)
      if (links.at(-1) === 'subscribed' && entries.at(-1)?.epoch === epoch) break
      await store.apply({
        epoch,
        incarnation: 'a',
        number: Date.now(),
        holds: [],
        releases: ['ann'],
        notices: [],
      })
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailable)
    }
    await sleep(50)
  }
  expect(links).toContain('unsubscribed')
}

describe('P7 a failover is a loss, and no more', () => {
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
      const ours = Number(/tcp_port:(\d+)/.exec(await watched.link.commands.info('server'))?.[1])
      await survives(watched, async () => cluster.masters.find(({ port }) => port === ours)?.kill())
    })
  })
})

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
