import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'

import type { RedisLink } from './redis.ts'

/** So long, ms, Redis is waited for. */
const PATIENCE_MS = 400

/** A number of points that each key has in a window. All answers are seconds to wait, 0 for none. */
export interface RateLimit {
  /** Takes a point; over the limit none is taken. */
  take(key: string): Promise<number>
  /** Whether a point is left, without taking it. */
  wait(key: string): Promise<number>
  /** Gives a point back that turned out not to count. */
  giveBack(key: string): Promise<void>
}

interface RateLimitOptions {
  readonly name: string
  readonly points: number
  readonly seconds: number
  /** Shared with the other processes there; while it is away, limits are kept in this process. */
  readonly redis: Pick<RedisLink, 'commands' | 'prefix'> | null
}

export function createRateLimit({ name, points, seconds, redis }: RateLimitOptions): RateLimit {
  // On a Cluster the link serves one slot only: that of its prefix.
  const keyPrefix = `${redis?.prefix ?? ''}limit:${name}`
  const memory = new RateLimiterMemory({ keyPrefix, points, duration: seconds })
  const limiter =
    redis === null
      ? memory
      : new RateLimiterRedis({
          storeClient: redis.commands,
          keyPrefix,
          points,
          duration: seconds,
          insuranceLimiter: memory,
          rejectIfRedisNotReady: true,
        })
  /** A Redis that does not answer at all must not hold up a log-in. */
  const ask = <T>(work: (from: RateLimiterAbstract) => Promise<T>): Promise<T> =>
    limiter === memory ? work(memory) : orElse(work(limiter), () => work(memory))
  return {
    take: async (key) => {
      try {
        await ask((from) => from.consume(key))
        return 0
      } catch (refusal) {
        return secondsOf(refusal, seconds)
      }
    },
    wait: async (key) => {
      const state = await ask((from) => from.get(key))
      return state !== null && state.consumedPoints >= points ? secondsOf(state, seconds) : 0
    },
    giveBack: async (key) => {
      await ask((from) => from.reward(key))
    },
  }
}

/** What was asked, or the other where that takes too long. */
async function orElse<T>(asked: Promise<T>, other: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<T>()
  const timer = setTimeout(() => late.resolve(other()), PATIENCE_MS)
  try {
    return await Promise.race([asked, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function secondsOf(state: unknown, otherwise: number): number {
  if (typeof state !== 'object' || state === null || !('msBeforeNext' in state)) throw state
  const ms = Number(state.msBeforeNext)
  return Number.isFinite(ms) && ms > 0 ? Math.ceil(ms / 1000) : otherwise
}
