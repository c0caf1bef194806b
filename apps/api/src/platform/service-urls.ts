import { parseRedisUrl, type RedisTarget } from './redis-url.ts'
import type { Check } from './variable-checks.ts'

/** A wrong URL is shown without its password. */
const show = (given: string) => JSON.stringify(given.replace(/(\/\/[^/@\s]*:)[^/\s]*@/g, '$1***@'))

export const databaseUrl: Check<string> = {
  allowed: 'postgres://user:password@host:5432/name, with % escapes where a part holds special characters',
  read: (given) => {
    if (!/^postgres(ql)?:\/\//i.test(given)) return undefined
    const url = parse(given)
    // Without a host the name of a socket has to be said.
    if (url === undefined || (url.hostname === '' && !url.searchParams.has('host'))) return undefined
    return given
  },
  show,
}

/** Which servers, and how to get at them. */
export const redisUrl: Check<RedisTarget> = {
  allowed:
    'redis://host:6379/0, rediss://…, a list of them for a Cluster, redis+sentinel://host:26379,host:26379/group',
  read: (given) => {
    const answer = parseRedisUrl(given)
    return answer.ok ? answer.target : undefined
  },
  explain: (given) => {
    const answer = parseRedisUrl(given)
    return answer.ok ? '' : answer.fault
  },
  show,
}

function parse(given: string): URL | undefined {
  if (/\s/.test(given) || !URL.canParse(given)) return undefined
  const url = new URL(given)
  return [url.username, url.password, url.pathname, url.hostname].every(isDecodable) ? url : undefined
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}
