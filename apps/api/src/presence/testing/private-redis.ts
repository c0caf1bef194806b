import { Redis } from 'ioredis'

import { openRedis, type RedisLink } from '../../platform/redis.ts'
import {
  startRedisServer,
  type RedisServer,
  type RedisServerOptions,
} from '../../testing/services/redis-server.ts'
import { newId, PATIENT_MS, redisTarget, silent } from '../../testing/tested-redis-store.ts'
import { RedisPresenceStore } from '../redis-presence-store.ts'
import { HeardStore } from './heard-store.ts'
import { ann, batch, beat } from './store-calls.ts'

/** How long a command may take where Redis keeps it waiting. */
export const SHORT_MS = 1_000

/** A Redis of a test's own, who administers it, and the stores on it. */
export class PrivateRedis {
  readonly admin: Redis
  #server: RedisServer
  readonly #links: RedisLink[] = []
  readonly #others: RedisServer[] = []

  private constructor(server: RedisServer) {
    this.#server = server
    this.admin = redisClient(server)
  }

  static async start(): Promise<PrivateRedis> {
    return new PrivateRedis(await startRedisServer())
  }

  get server(): RedisServer {
    return this.#server
  }

  /** After a kill, where it was: empty. */
  async startAgain(): Promise<void> {
    this.#server = await startRedisServer({ port: this.#server.port })
  }

  /** One more, stopped with this one. */
  async startAnother(options: RedisServerOptions = {}): Promise<RedisServer> {
    const other = await startRedisServer(options)
    this.#others.push(other)
    return other
  }

  async open(url = this.#server.url, log = silent, commandTimeoutMs = PATIENT_MS): Promise<HeardStore> {
    const link = await openRedis({ target: redisTarget(url), log, commandTimeoutMs })
    this.#links.push(link)
    const store = new RedisPresenceStore({ link, newId, log: silent, subscribeMs: commandTimeoutMs })
    return new HeardStore(store, link)
  }

  /** A store with a process that holds Ann. */
  async begun(commandTimeoutMs = PATIENT_MS): Promise<HeardStore & { epoch: string }> {
    const heard = await this.open(this.#server.url, silent, commandTimeoutMs)
    await heard.listen()
    const epoch = await heard.store.begin(null)
    await heard.store.beat(beat(epoch))
    await heard.store.apply(batch(epoch, 1, { holds: [ann] }))
    return Object.assign(heard, { epoch })
  }

  async stop(): Promise<void> {
    this.admin.disconnect()
    for (const link of this.#links) link.close()
    await Promise.all([this.#server, ...this.#others].map((each) => each.stop()))
  }
}

export function redisClient({ port }: { port: number }): Redis {
  const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 50 })
  return redis.on('error', () => {})
}
