import { expect, test } from 'vitest'

import { judgeRedis } from './redis-info.ts'

const info = (version: string, policy: string, mode = 'standalone'): string =>
  `# Server\r\nredis_version:${version}\r\nredis_mode:${mode}\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n`

test.each(['7.0.0', '7.2.4', '8.10.1', '10.0.0'])('Redis %s is fit', (version) => {
  expect(judgeRedis(info(version, 'noeviction'), 'single')).toEqual({ fault: null, warning: null })
})

test.each(['6.2.14', '5.0.0', '2.8'])('Redis %s is too old, and the fault says so', (version) => {
  expect(judgeRedis(info(version, 'noeviction'), 'single').fault).toBe(
    `REDIS_URL: Redis ${version} is too old. Allowed: Redis 7.0 and newer`,
  )
})

test('a Redis that may evict is warned of', () => {
  expect(judgeRedis(info('7.0.15', 'allkeys-lru'), 'single').warning).toContain('noeviction')
})

test('what does not say its version is tried', () => {
  expect(judgeRedis('', 'single')).toEqual({ fault: null, warning: null })
})

test.each([
  ['cluster', 'single', 'comma-separated list'],
  ['sentinel', 'single', 'redis+sentinel://'],
] as const)('a %s that is named as a %s server is a fault', (mode, named, allowed) => {
  expect(judgeRedis(info('7.0.0', 'noeviction', mode), named).fault).toContain(allowed)
})

test.each([
  ['cluster', 'cluster'],
  ['standalone', 'sentinel'],
] as const)('a %s that is named as a %s is fit', (mode, named) => {
  expect(judgeRedis(info('7.0.0', 'noeviction', mode), named).fault).toBe(null)
})
