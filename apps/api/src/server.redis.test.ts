import { DevicesAnswer, UserAnswer } from '@rollcall/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { PresenceClient } from './presence/testing/presence-client.ts'
import { until } from './presence/testing/until.ts'
import { createPostgresTestDatabase } from './testing/test-database.ts'
import { type RedisServer, startRedisServer } from './testing/services/redis-server.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import { Visitor } from './testing/visitor.ts'

describe('two processes on one database and one Redis', () => {
  let database: { url: string; drop: () => Promise<void> }
  let redis: RedisServer
  let servers: TestServer[]
  const password = 'johnson123'

  beforeAll(async () => {
    database = await createPostgresTestDatabase()
    redis = await startRedisServer()
    const env = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SESSION_SECRET: 'a secret of thirty-two characters',
      OFFLINE_GRACE_MS: '500',
      NODE_LEASE_MS: '1000',
      SIGNUPS_PER_MINUTE: '5',
      LOGIN_FAILURES_PER_MINUTE: '4',
    }
    // At the same moment, on an empty database and an empty Redis.
    servers = await Promise.all([startTestServer(env), startTestServer(env)])
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await redis.stop()
    await database.drop()
  })

  const at = (index: number) => servers[index]?.address ?? ''
  const enter = async (index: number, route: 'signup' | 'login', username: string) => {
    const visitor = new Visitor(at(index))
    const answer = await visitor.post(`/api/auth/${route}`, { username, password })
    return { visitor, user: answer.json(UserAnswer).user }
  }
  const connect = async (index: number, visitor: Visitor) => {
    const client = new PresenceClient(`${at(index).replace('http', 'ws')}/api/ws`, {
      headers: { cookie: visitor.cookie },
    })
    await until(() => client.messages.length > 0)
    await client.watch({ all: true })
    return client
  }

  it('show people on one to people on the other, and a session that ends on one is closed on the other', async () => {
    const ana = await enter(0, 'signup', 'Ana')
    const phone = await enter(1, 'login', 'Ana')
    const ben = await enter(1, 'signup', 'Ben')
    const watching = await connect(1, ben.visitor)
    const socket = await connect(1, phone.visitor)
    await until(() => watching.online.includes('Ana'))

    const devices = async () => (await ana.visitor.get('/api/auth/sessions')).json(DevicesAnswer).sessions
    const other = (await devices()).find((device) => !device.current)
    expect(other?.connections).toBe(1)
    expect((await ana.visitor.delete(`/api/auth/sessions/${other?.id}`)).status).toBe(204)
    expect(await socket.closed()).toBe(4401)
    await until(() => !watching.online.includes('Ana'))

    await ana.visitor.delete('/api/account', { body: { password } })
    await until(() => !watching.users.has(ana.user.id))
  })

  it('count failed log-ins together', async () => {
    const fail = async (index: number) =>
      (await new Visitor(at(index)).post('/api/auth/login', { username: 'Ben', password: 'wrong one' }))
        .status
    const statuses: number[] = []
    for (const index of [0, 1, 0, 1, 0, 1]) {
      // oxlint-disable-next-line no-await-in-loop
      statuses.push(await fail(index))
    }
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429])
  })

  it('refuse nothing while Redis is away, and keep the limits each for itself', async () => {
    await redis.stop()
    const carla = await enter(0, 'signup', 'Carla')
    expect((await carla.visitor.get('/api/users')).status).toBe(200)
    const statuses: number[] = []
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await new Visitor(at(0)).post('/api/auth/login', {
        username: 'Carla',
        password: 'wrong one',
      })
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 429])
  })
})
