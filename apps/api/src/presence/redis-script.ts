import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

import type { Redis } from 'ioredis'

type Name = 'apply' | 'beat' | 'begin' | 'epoch' | 'leave' | 'log' | 'release'

/** One atomic step in Redis. */
export class RedisScript {
  readonly #source: string
  readonly #sha: string

  /** The flags let Redis refuse the whole step at its beginning, while it is out of memory or a replica, and never in the middle. */
  constructor(name: Name, { writes }: { writes: boolean }) {
    const flags = writes ? '' : ' flags=no-writes'
    this.#source = `#!lua${flags}\n${read('prelude')}\n${read(name)}`
    this.#sha = createHash('sha1').update(this.#source).digest('hex')
  }

  /** Executed by its hash; sent in full where Redis has forgotten it. */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return await redis.eval(this.#source, keys.length, ...keys, ...args)
    }
  }
}

function read(name: Name | 'prelude'): string {
  return readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8')
}
