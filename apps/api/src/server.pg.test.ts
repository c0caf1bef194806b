import { Problem, Readiness, UsersAnswer } from '@rollcall/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { PresenceClient } from './presence/testing/presence-client.ts'
import { type FreezingProxy, startFreezingProxy } from './testing/freezing-proxy.ts'
import { freePort } from './testing/services/redis-server.ts'
import { type PostgresServer, startPostgresServer } from './testing/services/postgres-server.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import { type Answer, Visitor } from './testing/visitor.ts'

describe('while its database is away, a process', () => {
  let postgres: PostgresServer
  let proxy: FreezingProxy
  let server: TestServer
  let visitor: Visitor
  let socket: PresenceClient
  const credentials = { username: 'michael', password: 'johnson123' }

  beforeAll(async () => {
    postgres = await startPostgresServer()
    proxy = await startFreezingProxy(postgres.port)
    server = await startTestServer({
      DATABASE_URL: postgres.url.replace(`:${postgres.port}/`, `:${proxy.port}/`),
      SESSION_SECRET: 'a secret of thirty-two characters',
    })
    visitor = new Visitor(server.address)
    await visitor.post('/api/auth/signup', credentials)
    socket = new PresenceClient(`${server.address.replace('http', 'ws')}/api/ws`, {
      headers: { cookie: visitor.cookie },
    })
    await eventually(
      () => visitor.get('/api/users?status=online'),
      (answer) => answer.text.includes('michael'),
    )
  })
  afterAll(async () => {
    await server.stop()
    await proxy.stop()
    await postgres.stop()
  })

  const nothing: Answer = {
    status: 0,
    headers: {},
    text: '',
    json: () => {
      throw new Error('there was no answer')
    },
  }
  const eventually = async (ask: () => Promise<Answer>, isRight: (answer: Answer) => boolean) => {
    const deadline = Date.now() + 30_000
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await ask()
      if (isRight(answer)) return answer
      if (Date.now() > deadline) throw new Error(`it stays ${answer.status} ${answer.text}`)
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const expectAway = async () => {
    const before = performance.now()
    const answers = await Promise.all([
      visitor.get('/api/users'),
      visitor.get('/api/auth/session'),
      visitor.post('/api/auth/login', credentials),
      visitor.post('/api/auth/signup', { username: 'sandra', password: 'johnson123' }),
    ])
    expect(performance.now() - before).toBeLessThan(10_000)
    for (const answer of answers) {
      expect(answer.status).toBe(503)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(answer.json(Problem).detail).not.toMatch(/ECONN|connect|select/)
    }
    const readiness = await eventually(
      () => visitor.get('/readyz'),
      (answer) => answer.json(Readiness).parts.database === 'down',
    )
    expect(readiness.status).toBe(200)
    expect(readiness.json(Readiness).status).toBe('degraded')
    expect((await visitor.get('/healthz')).status).toBe(200)
    expect(socket.closeCode).toBeNull()
  }
  const expectBack = async () => {
    const page = await eventually(
      () => visitor.get('/api/users'),
      (answer) => answer.status === 200,
    )
    expect(page.json(UsersAnswer).users[0]).toMatchObject({ username: 'michael', status: 'online' })
    expect(socket.closeCode).toBeNull()
  }

  it('says so at once, keeps its sockets, and goes on by itself when it is back', async () => {
    await postgres.halt()
    await expectAway()
    await postgres.resume()
    await expectBack()
  })

  it('does the same where the database does not say no, but nothing at all', async () => {
    proxy.freeze()
    await expectAway()
    proxy.thaw()
    await expectBack()
  })

  it('starts all the same, and is ready when the database is there', async () => {
    await postgres.halt()
    const port = await freePort()
    const starting = startTestServer({
      PORT: String(port),
      DATABASE_URL: postgres.url,
      SESSION_SECRET: 'a secret of thirty-two characters',
    })
    const other = new Visitor(`http://127.0.0.1:${port}`)
    const early = await eventually(
      () => other.get('/readyz').catch(() => nothing),
      (answer) => answer.status !== 0,
    )
    expect(early.status).toBe(503)
    expect(early.json(Readiness)).toEqual({
      status: 'starting',
      parts: { database: 'down', redis: 'unused' },
    })
    expect((await other.get('/healthz')).status).toBe(200)
    expect((await other.get('/api/users')).status).toBe(503)
    await postgres.resume()
    const started = await starting
    expect((await other.get('/readyz')).json(Readiness).status).toBe('ready')
    await started.stop()
  })
})
