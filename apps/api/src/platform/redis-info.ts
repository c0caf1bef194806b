import type { RedisTarget } from './redis-url.ts'

export interface RedisJudgement {
  /** Why it cannot be used. */
  readonly fault: string | null
  /** What will go wrong with it one day. */
  readonly warning: string | null
}

/** Scripts that Redis refuses as a whole came with it. */
const OLDEST_MAJOR = 7

/** Whether a Redis is fit for us, by what it says of itself (`INFO`) and by how it was named. */
export function judgeRedis(info: string, named: RedisTarget['kind']): RedisJudgement {
  const policy = read(info, 'maxmemory_policy') ?? 'noeviction'
  return {
    fault: fault(read(info, 'redis_version'), read(info, 'redis_mode'), named),
    warning:
      policy === 'noeviction'
        ? null
        : `Redis has maxmemory-policy ${policy} and may drop what says who is online: set it to noeviction`,
  }
}

function fault(version: string | null, mode: string | null, named: RedisTarget['kind']): string | null {
  if (version !== null && Number.parseInt(version, 10) < OLDEST_MAJOR) {
    return `REDIS_URL: Redis ${version} is too old. Allowed: Redis ${OLDEST_MAJOR}.0 and newer`
  }
  if (named === 'single' && mode === 'cluster') {
    return 'REDIS_URL names one node of a Redis Cluster. Allowed: a comma-separated list of its nodes (one named twice will do)'
  }
  if (named === 'single' && mode === 'sentinel') {
    return 'REDIS_URL names a Sentinel. Allowed: redis+sentinel://host:port,host:port/group'
  }
  return null
}

function read(info: string, field: string): string | null {
  return new RegExp(`^${field}:(.*?)\\s*$`, 'm').exec(info)?.[1] ?? null
}
