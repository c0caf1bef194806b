import { StoreUnavailable } from '@rollcall/presence'
import type { Redis } from 'ioredis'

import type { RedisLink } from '../platform/redis.ts'
import { RedisKeys } from './redis-keys.ts'
import { RedisScript } from './redis-script.ts'

const scripts = {
  apply: new RedisScript('apply', { writes: true }),
  beat: new RedisScript('beat', { writes: true }),
  begin: new RedisScript('begin', { writes: true }),
  epoch: new RedisScript('epoch', { writes: false }),
  leave: new RedisScript('leave', { writes: true }),
  log: new RedisScript('log', { writes: false }),
  release: new RedisScript('release', { writes: true }),
}

/** How Redis is asked: by scripts, and by few commands that need no atomic step. */
export class RedisSteps {
  readonly keys: RedisKeys
  readonly #redis: Redis

  constructor(link: RedisLink) {
    this.keys = new RedisKeys(link.prefix)
    this.#redis = link.commands
  }

  /** @throws StoreUnavailable where Redis does not answer in time, or refuses. */
  async run(
    name: keyof typeof scripts,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return await this.ask((redis) => scripts[name].run(redis, keys, args))
  }

  /** @throws StoreUnavailable as {@link run}. */
  async ask<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await command(this.#redis)
    } catch (error) {
      throw new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }
}
