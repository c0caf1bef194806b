import { freePort, type RedisServer, startRedisServer } from '@rollcall/api/testing/services/redis-server'
import { Redis } from 'ioredis'

import type { EventLog } from './event-log.ts'

/** A Redis of one's own, always at the same port, and what can be done to it. */
export class RedisControl {
  readonly #log: EventLog
  #server: RedisServer

  private constructor(server: RedisServer, log: EventLog) {
    this.#server = server
    this.#log = log
  }

  static async start(log: EventLog): Promise<RedisControl> {
    const server = await startRedisServer({ port: await freePort() })
    log.add({ type: 'redis', state: 'up' })
    return new RedisControl(server, log)
  }

  get port(): number {
    return this.#server.port
  }

  get url(): string {
    return this.#server.url
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
    const redis = new Redis(this.url, { maxRetriesPerRequest: 3 })
    redis.on('error', () => {})
    try {
      const [name, ...rest] = words
      return await redis.call(name, rest)
    } finally {
      redis.disconnect()
    }
  }

  async stop(): Promise<void> {
    await this.#server.stop()
  }
}
