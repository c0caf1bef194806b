import type { Redis } from 'ioredis'
import type { ExpectStatic } from 'vitest'

import { openRedis, type RedisLink } from '../../platform/redis.ts'
import { startRedisServer, type RedisServer } from '../../testing/services/redis-server.ts'
import { newId, redisTarget, silent } from '../../testing/tested-redis-store.ts'
import { RedisPresenceStore } from '../redis-presence-store.ts'
import { redisClient } from './private-redis.ts'
import { recordedNode, type RecordedNode } from './recorded-node.ts'
import { until } from './until.ts'

export const LEASE_MS = 1_500
export const GRACE_MS = 400

/** A Redis of its own, and the processes on it. */
export class RedisHouse {
  readonly #server: RedisServer
  readonly admin: Redis
  readonly #links: RedisLink[] = []
  readonly #processes: RecordedNode[] = []

  constructor(server: RedisServer) {
    this.#server = server
    this.admin = redisClient(server)
  }

  async start(graceMs = GRACE_MS): Promise<RecordedNode> {
    const target = redisTarget(this.#server.url)
    const link = await openRedis({ target, log: silent, commandTimeoutMs: 1_000 })
    this.#links.push(link)
    const store = new RedisPresenceStore({ link, newId, log: silent, subscribeMs: 1_000 })
    const process = recordedNode(store, { leaseMs: LEASE_MS, graceMs })
    this.#processes.push(process)
    await process.node.start()
    return process
  }

  /** Three processes that know of each other. */
  async startThree(graceMs = GRACE_MS): Promise<[RecordedNode, RecordedNode, RecordedNode]> {
    const three = await Promise.all([this.start(graceMs), this.start(graceMs), this.start(graceMs)])
    await Promise.all(three.map(({ node }) => node.ready))
    await until(() => three.every(({ node }) => node.freshness.state === 'live'))
    return three
  }

  freeze(): void {
    this.#server.freeze()
  }

  thaw(): void {
    this.#server.thaw()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map(({ node }) => node.stop()))
    for (const link of this.#links) link.close()
    this.admin.disconnect()
    await this.#server.stop()
  }
}

/** A test in a house of its own. */
export function inHouse(run: (house: RedisHouse, expect: ExpectStatic) => Promise<void>) {
  return async ({ expect }: { expect: ExpectStatic }): Promise<void> => {
    const house = new RedisHouse(await startRedisServer())
    try {
      await run(house, expect)
    } finally {
      await house.stop()
    }
  }
}
