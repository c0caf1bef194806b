import { Redis } from 'ioredis'

const KEY = 'peer:presence'
const CHANNEL = 'peer:presence'

/** How many connections everybody has, as programs of this kind keep it: a hash in Redis, and a channel. */
export class HeadCounts {
  readonly #redis: Redis
  readonly #subscriber: Redis

  private constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
  }

  /** Nobody is there at first: what was counted before a restart is gone. */
  static async open(url: string): Promise<HeadCounts> {
    const redis = new Redis(url)
    await redis.del(KEY)
    return new HeadCounts(redis, new Redis(url))
  }

  async come(name: string): Promise<boolean> {
    return (await this.#redis.hincrby(KEY, name, 1)) === 1
  }

  async go(name: string): Promise<boolean> {
    if ((await this.#redis.hincrby(KEY, name, -1)) > 0) return false
    await this.#redis.hdel(KEY, name)
    return true
  }

  online(): Promise<string[]> {
    return this.#redis.hkeys(KEY)
  }

  async publish(message: string): Promise<void> {
    await this.#redis.publish(CHANNEL, message)
  }

  async subscribe(listener: (message: string) => void): Promise<void> {
    this.#subscriber.on('message', (_channel, message) => listener(message))
    await this.#subscriber.subscribe(CHANNEL)
  }
}
