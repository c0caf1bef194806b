import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { type Config, readConfig, readEnvironment } from './config.ts'

const SECRET = 'a secret of thirty-two characters'

const configOf = (env: Record<string, string>): Config => {
  const answer = readConfig(env)
  if (!answer.ok) throw new Error(answer.faults.join('\n'))
  return answer.config
}

const faultsOf = (env: Record<string, string>): readonly string[] => {
  const answer = readConfig(env)
  return answer.ok ? [] : answer.faults
}

describe('the settings', () => {
  it('have the defaults of the contract', () => {
    expect(configOf({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      redis: null,
      sessionSecret: null,
      publicOrigins: null,
      trustProxy: [],
      graceMs: 4000,
      leaseMs: 6000,
      heartbeatMs: 10_000,
      signupsPerMinute: 20,
      loginFailuresPerMinute: 10,
      connectionsPerUser: 50,
      connectionsPerAddress: 20_000,
      messagesPerSecond: 20,
      sessionIdleDays: 14,
      sessionMaxDays: 90,
      metricsToken: null,
      logLevel: 'info',
      dev: false,
    })
    expect(configOf({}).dataDir).toMatch(/^\/.*\.data$/)
  })

  it('take an empty value for none', () => {
    expect(configOf({ PORT: '', DATABASE_URL: ' ', LOG_LEVEL: '' })).toMatchObject({
      port: 3000,
      databaseUrl: null,
      logLevel: 'info',
    })
  })

  it('come from a .env, whatever editor wrote it, under what the environment says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-env-'))
    const file = join(folder, '.env')
    await writeFile(file, '\uFEFFPORT=4000\r\n# a note\r\nHOST="0.0.0.0"\r\nPATH=/nowhere\r\n')
    expect(readEnvironment(file)).toMatchObject({ PORT: '4000', HOST: '0.0.0.0', PATH: process.env['PATH'] })
    expect(readEnvironment(join(folder, 'none'))).not.toHaveProperty('HOST')
    await rm(folder, { recursive: true })
  })

  it('tell all faults at once, each with the variable, the value and what is allowed', () => {
    const faults = faultsOf({ PORT: '70000', HEARTBEAT_MS: '99', LOG_LEVEL: 'loud' })
    expect(faults).toEqual([
      'PORT="70000": it is not allowed. Allowed: a whole number from 0 to 65535.',
      'HEARTBEAT_MS="99": it is not allowed. Allowed: a whole number from 100 to 3600000.',
      'LOG_LEVEL="loud": it is not allowed. Allowed: trace, debug, info, warn, error, fatal, silent.',
    ])
  })

  it.each([
    ['PORT', ['1', '65535'], ['-1', '3000.5', '3e3', '0x10', 'abc', '65536']],
    ['OFFLINE_GRACE_MS', ['100', '3600000'], ['99', '3600001', '1s']],
    ['CONNECTIONS_PER_USER', ['1', '10000000'], ['0', '10000001']],
    ['SESSION_IDLE_DAYS', ['1', '365'], ['0', 'forever']],
    [
      'HOST',
      ['0.0.0.0', '::', '[::1]', 'localhost', 'my-host.example'],
      ['http://x', 'a b', '1.2.3', '256.1.1.1'],
    ],
    ['DATA_DIR', ['/tmp/x', 'x'], ['a\u0000b']],
    [
      'PUBLIC_ORIGIN',
      ['https://a.example', 'http://a.example:3000,https://b.example/', 'HTTPS://A.example'],
      ['a.example', 'https://a.example/path', 'ftp://a.example', 'https://*.example,', 'https://u@a.example'],
    ],
    [
      'TRUST_PROXY',
      ['true', 'false', 'loopback', '10.0.0.0/8, 192.0.2.1', '2001:db8::/32', 'uniquelocal,linklocal'],
      ['1', 'yes', '10.0.0.0/33', '::ffff:10.0.0.0/8', 'everybody', '10.0.0.0/8/8', ''.padEnd(3, ',')],
    ],
    ['METRICS_TOKEN', ['abc'], ['a b', 'ä']],
    ['SESSION_SECRET', [SECRET, 'eight ch'], ['seven c']],
    [
      'REDIS_URL',
      ['redis://h', 'rediss://u:p@h:6380/2', 'redis://a:1,redis://b:2'],
      ['http://h', 'redis://h/one'],
    ],
    [
      'DATABASE_URL',
      [],
      [
        'mysql://h/x',
        'postgres://',
        'postgres://u:%zz@h/x',
        'postgres://h:99999/x',
        'postgres://u:p#w@h/x',
        'x',
      ],
    ],
  ])('%s takes what is allowed and refuses the rest', (name, allowed, refused) => {
    for (const value of allowed) expect([value, faultsOf({ [name]: value })]).toEqual([value, []])
    for (const value of refused) {
      const faults = faultsOf({ [name]: value, SESSION_SECRET: name === 'SESSION_SECRET' ? value : SECRET })
      expect([value, faults]).toEqual([value, [expect.stringMatching(new RegExp(`^${name}=.*[Aa]llowed`))]])
    }
  })

  it('never show a secret', () => {
    const faults = faultsOf({
      DATABASE_URL: 'mysql://me:hunter2secret@host/x',
      REDIS_URL: 'http://me:hunter2secret@host',
      SESSION_SECRET: 'hunter2',
      METRICS_TOKEN: 'hunter2 secret',
    })
    expect(faults).toHaveLength(4)
    expect(faults.join('\n')).not.toMatch(/hunter2/)
  })

  it('want a secret where a database is shared', () => {
    const DATABASE_URL = 'postgres://me:p%40ss@host:5432/rollcall'
    expect(faultsOf({ DATABASE_URL })).toEqual([expect.stringContaining('SESSION_SECRET is missing')])
    expect(faultsOf({ DATABASE_URL, SESSION_SECRET: 'short' })).toEqual([
      expect.stringContaining('SESSION_SECRET=(5 characters)'),
    ])
    expect(configOf({ DATABASE_URL, SESSION_SECRET: SECRET }).databaseUrl).toBe(DATABASE_URL)
  })

  it('understand whom to trust, and where browsers may come from', () => {
    expect(configOf({ TRUST_PROXY: 'true' }).trustProxy).toEqual(['loopback', 'linklocal', 'uniquelocal'])
    expect(configOf({ PUBLIC_ORIGIN: 'HTTPS://A.example:443/, http://b:80' }).publicOrigins).toEqual([
      'https://a.example',
      'http://b',
    ])
  })
})
