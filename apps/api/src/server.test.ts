import { DevicesAnswer, UserAnswer, UsersAnswer } from '@rollcall/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { PresenceClient } from './presence/testing/presence-client.ts'
import { until } from './presence/testing/until.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import { Visitor } from './testing/visitor.ts'

describe('one process', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ OFFLINE_GRACE_MS: '300' })
  })
  afterAll(() => server.stop())

  const password = 'johnson123'
  const enter = async (route: 'signup' | 'login', username: string) => {
    const visitor = new Visitor(server.address)
    const answer = await visitor.post(`/api/auth/${route}`, { username, password })
    return { visitor, user: answer.json(UserAnswer).user }
  }
  const connect = async (visitor: Visitor) => {
    const client = new PresenceClient(`${server.address.replace('http', 'ws')}/api/ws`, {
      headers: { cookie: visitor.cookie },
    })
    await until(() => client.messages.length > 0)
    await client.watch({ all: true })
    return client
  }

  const someName = () => `somebody-${++made}`
  let made = 0

  it('shows two people to each other, and a log-out at once', async () => {
    const ana = await enter('signup', someName())
    const watching = await connect(ana.visitor)
    const ben = await enter('signup', someName())
    await until(() => watching.users.get(ben.user.id)?.status === 'offline')
    expect(watching.counts).toEqual({ online: 1, total: 2 })

    const socket = await connect(ben.visitor)
    await until(() => watching.online.includes(ben.user.username))
    const page = (await ana.visitor.get('/api/users?status=online')).json(UsersAnswer)
    expect(page.users.map((user) => user.username)).toEqual([ana.user.username, ben.user.username])

    await ben.visitor.post('/api/auth/logout', undefined)
    expect(await socket.closed()).toBe(4401)
    await until(() => !watching.online.includes(ben.user.username))
    const after = (await ana.visitor.get(`/api/users?q=${ben.user.username}`)).json(UsersAnswer).users[0]
    expect(after).toMatchObject({ status: 'offline', lastSeenAt: expect.any(String) })
  })

  it('counts the connections of a device, and closes them when it is logged out from afar', async () => {
    const laptop = await enter('signup', someName())
    const phone = await enter('login', laptop.user.username)
    const sockets = [await connect(phone.visitor), await connect(phone.visitor)]
    const devices = (await laptop.visitor.get('/api/auth/sessions')).json(DevicesAnswer).sessions
    const other = devices.find((device) => !device.current)
    expect(other?.connections).toBe(2)
    await laptop.visitor.delete(`/api/auth/sessions/${other?.id}`)
    expect(await Promise.all(sockets.map((socket) => socket.closed()))).toEqual([4401, 4401])
  })

  it('closes all other devices at a password change, and keeps the one that asked connected', async () => {
    const laptop = await enter('signup', someName())
    const phone = await enter('login', laptop.user.username)
    const [here, there] = [await connect(laptop.visitor), await connect(phone.visitor)]
    await laptop.visitor.put('/api/auth/password', { currentPassword: password, newPassword: 'another one' })
    expect(await there.closed()).toBe(4401)
    expect(here.closeCode).toBeNull()
    const again = await connect(laptop.visitor)
    expect(again.welcome.user.username).toBe(laptop.user.username)
  })

  it('tells everybody of an account that was deleted, and closes its sockets', async () => {
    const ana = await enter('signup', someName())
    const ben = await enter('signup', someName())
    const watching = await connect(ana.visitor)
    const socket = await connect(ben.visitor)
    await until(() => watching.online.includes(ben.user.username))
    const total = watching.counts?.total ?? 0
    await ben.visitor.delete('/api/account', { body: { password } })
    expect(await socket.closed()).toBe(4401)
    await until(() => !watching.users.has(ben.user.id))
    await until(() => watching.counts?.total === total - 1)
  })

  it('shows its metrics to who asks on this machine, and not to who comes through a proxy', async () => {
    const visitor = new Visitor(server.address)
    expect((await visitor.get('/metrics')).text).toMatch(/^rollcall_\w+ \d/m)
    const forwarded = { headers: { 'x-forwarded-for': '192.0.2.1' } }
    expect((await visitor.get('/metrics', forwarded)).status).toBe(404)
  })

  it('lets nobody in who comes from elsewhere or without a session', async () => {
    const { visitor } = await enter('signup', someName())
    const refusal = async (headers: Record<string, string>) => {
      const { ws } = new PresenceClient(`${server.address.replace('http', 'ws')}/api/ws`, { headers })
      return new Promise((resolve, reject) => {
        ws.on('unexpected-response', (_request, response) => resolve(response.statusCode))
        ws.on('open', () => reject(new Error('it was let in')))
      })
    }
    expect(await refusal({})).toBe(401)
    expect(await refusal({ cookie: 'rollcall=forged.signature' })).toBe(401)
    expect(await refusal({ cookie: visitor.cookie, origin: 'https://elsewhere.example' })).toBe(403)
    expect(await refusal({ cookie: visitor.cookie, origin: 'null' })).toBe(403)
    await connect(visitor)
    const lines = server.lines
      .filter((line) => line.includes('/api/ws'))
      .map((line) => /"status":(\d+)/.exec(line)?.[1])
    expect(lines.slice(-5)).toEqual(['401', '401', '403', '403', '101'])
  })

  it('closes its sockets with 1012 when it stops, and keeps when they were last seen', async () => {
    const ana = await enter('signup', someName())
    const socket = await connect(ana.visitor)
    const before = Date.now()
    await server.stop()
    expect(await socket.closed()).toBe(1012)
    await expect(ana.visitor.get('/healthz')).rejects.toThrow()
    expect(Date.now() - before).toBeLessThan(15_000)
  })
})
