import { describe, expect, test } from 'vitest'

import { parseRedisUrl } from './redis-url.ts'

const at = (host: string, port: number) => ({ host, port })

describe('REDIS_URL', () => {
  test.each([
    ['redis://localhost', { kind: 'single', address: at('localhost', 6379), db: 0, tls: false }],
    ['  redis://10.0.0.1:6380/3 ', { kind: 'single', address: at('10.0.0.1', 6380), db: 3, tls: false }],
    ['rediss://r.example:1/', { kind: 'single', address: at('r.example', 1), db: 0, tls: true }],
    ['redis://[::1]:7/0', { kind: 'single', address: at('::1', 7), db: 0, tls: false }],
    [
      'redis://:p%40ss%2Cword@h',
      { kind: 'single', address: at('h', 6379), db: 0, tls: false, password: 'p@ss,word' },
    ],
    [
      'redis://user:secret@h',
      { kind: 'single', address: at('h', 6379), db: 0, tls: false, username: 'user', password: 'secret' },
    ],
    [
      'redis://a:1,redis://b:2,redis://c',
      { kind: 'cluster', seeds: [at('a', 1), at('b', 2), at('c', 6379)], db: 0, tls: false },
    ],
    [
      'rediss://u:p@a:1, b:2 ,u:p@c:3',
      {
        kind: 'cluster',
        seeds: [at('a', 1), at('b', 2), at('c', 3)],
        db: 0,
        tls: true,
        username: 'u',
        password: 'p',
      },
    ],
    [
      'redis+sentinel://a:1,b,c:3/main',
      {
        kind: 'sentinel',
        sentinels: [at('a', 1), at('b', 26_379), at('c', 3)],
        group: 'main',
        db: 0,
        tls: false,
      },
    ],
    [
      'redis+sentinel://:p@a/my%20group/2',
      { kind: 'sentinel', sentinels: [at('a', 26_379)], group: 'my group', db: 2, tls: false, password: 'p' },
    ],
  ])('%s is understood', (text, target) => {
    expect(parseRedisUrl(text)).toEqual({ ok: true, target })
  })

  test.each([
    ['', 'does not begin with'],
    ['localhost:6379', 'does not begin with'],
    ['http://localhost', 'does not begin with'],
    ['redis://', 'host is missing'],
    ['redis://h:port', 'not a URL'],
    ['redis://h:70000', 'not a URL'],
    ['redis://h/one', 'database is not a whole number'],
    ['redis://h/-1', 'database is not a whole number'],
    ['redis://h?x=1', 'query'],
    ['redis://:a#b@h', 'not a URL'],
    ['redis://:50%@h', 'hexadecimal'],
    ['redis://a,', 'empty'],
    ['redis://a,rediss://b', 'different schemes'],
    ['redis://u:p@a,u:q@b', 'different users or passwords'],
    ['redis://a,b/1', 'database 0 only'],
    ['redis+sentinel://a:1,b:2', 'name of the group'],
    ['redis+sentinel://a/x,b/x', 'name of the group'],
    ['redis+sentinel://a/x/1/2', 'name of the group'],
  ])('%s is refused with what is wrong and what is allowed', (text, why) => {
    const parsed = parseRedisUrl(text)
    expect(parsed).toMatchObject({ ok: false, fault: expect.stringContaining(why) })
    expect(parsed).toMatchObject({ ok: false, fault: expect.stringContaining('Allowed: redis://') })
  })

  test('a fault does not hold the password', () => {
    for (const text of ['redis://:hunter2@h:port', 'redis://:hunter2@a,:other2@b', 'redis://:hunter2#@h']) {
      const parsed = parseRedisUrl(text)
      expect(parsed.ok).toBe(false)
      expect(JSON.stringify(parsed)).not.toMatch(/hunter2|other2/)
    }
  })
})
