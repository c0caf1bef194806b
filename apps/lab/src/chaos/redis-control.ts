import { type RedisSentinelGroup, startRedisSentinel } from '@rollcall/api/testing/services/redis-sentinel'
import { freePort, type RedisServer, startRedisServer } from '@rollcall/api/testing/services/redis-server'
import { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'

import type { EventLog } from './event-log.ts'

const PROMOTED_WITHIN_MS = 60_000

/** A Redis of one's own, alone or a group that Sentinels watch, and what can be done to it. */
export class RedisControl {
  readonly #log: EventLog
  readonly #group: RedisSentinelGroup | undefined
  #server: RedisServer

  private constructor(server: RedisServer, log: EventLog, group?: RedisSentinelGroup) {
    this.#server = server
    this.#log = log
    this.#group = group
    log.add({ type: 'redis', state: 'up' })
  }

  static async start(log: EventLog): Promise<RedisControl> {
    return new RedisControl(await startRedisServer({ port: await freePort() }), log)
  }

  static async startGroup(log: EventLog): Promise<RedisControl> {
    const group = await startRedisSentinel()
    return new RedisControl(group.servers[0], log, group)
  }

  get port(): number {
    return this.#server.port
  }

  /** What REDIS_URL is to be; a path is the port of a proxy to it. */
  url(path?: number): string {
    if (this.#group !== undefined) return this.#group.url
    return path === undefined ? this.#server.url : `redis://127.0.0.1:${path}`
  }

  /** kill -9: nothing was saved. */
  async crash(): Promise<void> {
    this.noteAway()
    await this.#server.kill()
  }

  async restart(): Promise<void> {
    this.#server = await startRedisServer({ port: this.#server.port })
    this.noteUp()
  }

  /** Until the Sentinels have made the replica the master. */
  async untilPromoted(): Promise<void> {
    const replica = this.#group?.servers[1]
    if (replica === undefined) throw new Error('There is no replica.')
    this.#server = replica
    const deadline = performance.now() + PROMOTED_WITHIN_MS
    // oxlint-disable-next-line no-await-in-loop
    while (!String(await this.command('ROLE')).startsWith('master')) {
      if (performance.now() > deadline) throw new Error('The replica was not made the master.')
      // oxlint-disable-next-line no-await-in-loop
      await sleep(50)
    }
    this.noteUp()
  }

  freeze(): void {
    this.noteAway()
    this.#server.freeze()
  }

  thaw(): void {
    this.#server.thaw()
    this.noteUp()
  }

  /** Another server takes its place, and the old one is gone. */
  async replaceBy(server: RedisServer): Promise<void> {
    const old = this.#server
    this.#server = server
    await old.kill()
  }

  noteAway(): void {
    this.#log.add({ type: 'redis', state: 'away' })
  }

  noteUp(): void {
    this.#log.add({ type: 'redis', state: 'up' })
  }

  /** Says something to it as an operator. */
  async command(...words: readonly [string, ...string[]]): Promise<unknown> {
    const redis = new Redis(this.#server.url, { maxRetriesPerRequest: 3 })
    redis.on('error', () => {})
    try {
      const [name, ...rest] = words
      return await redis.call(name, rest)
    } finally {
      redis.disconnect()
    }
  }

  async stop(): Promise<void> {
    await (this.#group ?? this.#server).stop()
  }
}
