export interface RedisJudgement {
  /** Why it cannot be used. */
  readonly fault: string | null
  /** What will go wrong with it one day. */
  readonly warning: string | null
}

/** Scripts that Redis refuses as a whole came with it. */
const OLDEST_MAJOR = 7

/** Whether a Redis is fit for us, by what it says of itself (`INFO`). */
export function judgeRedis(info: string): RedisJudgement {
  const version = read(info, 'redis_version')
  const policy = read(info, 'maxmemory_policy') ?? 'noeviction'
  return {
    fault:
      version !== null && Number.parseInt(version, 10) < OLDEST_MAJOR
        ? `REDIS_URL: Redis ${version} is too old. Allowed: Redis ${OLDEST_MAJOR}.0 and newer`
        : null,
    warning:
      policy === 'noeviction'
        ? null
        : `Redis has maxmemory-policy ${policy} and may drop what says who is online: set it to noeviction`,
  }
}

function read(info: string, field: string): string | null {
  return new RegExp(`^${field}:(.*?)\\s*$`, 'm').exec(info)?.[1] ?? null
}
