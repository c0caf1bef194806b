import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { describe, expect, test } from 'vitest'

import { newHouse, openHouse } from './testing/open-house.ts'
import type { PresenceHouse } from './testing/presence-house.ts'
import { aWhile, until } from './testing/until.ts'

interface Refusal {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: { status?: number; title?: string; detail?: string }
}

/** What an upgrade was answered instead. */
async function refusal(
  house: PresenceHouse,
  cookie: string,
  headers?: Record<string, string>,
): Promise<Refusal> {
  const client = house.dial(cookie, headers)
  return await new Promise((resolve, reject) => {
    client.ws.on('open', () => reject(new Error('it was let in')))
    client.ws.on('unexpected-response', (_, response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: JSON.parse(text) as Refusal['body'],
        }),
      )
    })
  })
}

describe('an upgrade is refused as a problem', () => {
  test('401 without a session', async () => {
    const house = await openHouse()
    for (const cookie of ['', 'session=forged']) {
      const { status, headers, body } = await refusal(house, cookie)
      expect(status).toBe(401)
      expect(headers['content-type']).toContain('application/problem+json')
      expect(body).toMatchObject({ status: 401 })
    }
  })

  test('403 from a foreign page, without a look at the session', async () => {
    const house = await openHouse()
    house.state.foreign = true
    house.state.databaseIsAway = true
    const { status, body } = await refusal(house, house.logIn(house.user('Ana')))
    expect(status).toBe(403)
    expect(body.detail).toContain('PUBLIC_ORIGIN')
  })

  test('503 not at once: a process that starts is waited for a moment', async () => {
    const house = await openHouse()
    house.state.node = 'starting'
    const client = house.dial(house.logIn(house.user('Ana')))
    const entered = new Promise((resolve, reject) => {
      client.ws.on('open', resolve)
      client.ws.on('unexpected-response', () => reject(new Error('it was refused')))
    })
    await aWhile(50)
    house.state.node = null
    house.ready.resolve()
    await entered
  })

  test('503 while starting, draining, and where the session cannot be read', async () => {
    const house = await openHouse()
    const cookie = house.logIn(house.user('Ana'))
    for (const state of ['starting', 'draining'] as const) {
      house.state.node = state
      const { status, headers } = await refusal(house, cookie)
      expect(status).toBe(503)
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    }
    house.state.node = null
    house.state.databaseIsAway = true
    const { status, headers } = await refusal(house, cookie)
    expect(status).toBe(503)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })

  test('429 for too many connections of a user or of an address; room that was left is free again', async () => {
    const house = await openHouse({ connectionsPerUser: 2, connectionsPerAddress: 3 })
    const [ana, ben] = [house.user('Ana'), house.user('Ben')]
    const first = await house.connect(ana)
    await house.connect(ana)
    const user = await refusal(house, house.logIn(ana))
    expect(user.status).toBe(429)
    expect(Number(user.headers['retry-after'])).toBeGreaterThan(0)
    await house.connect(ben)
    expect((await refusal(house, house.logIn(ben))).status).toBe(429)
    await house.connect(ben, { headers: { 'x-test-address': 'elsewhere' } })
    for (let n = 0; n < 5; n++) expect((await refusal(house, 'session=forged')).status).toBe(429)
    first.ws.close()
    await until(() => house.gateway.socketCount === 3)
    await house.connect(ana)
  })

  test('who is refused, or gives up, takes no room', async () => {
    const house = await openHouse({ connectionsPerUser: 1, connectionsPerAddress: 2 })
    const ana = house.user('Ana')
    for (let n = 0; n < 5; n++) await refusal(house, 'session=forged')
    let isReading = false
    const read = Promise.withResolvers<void>()
    house.afterRead = () => {
      isReading = true
      return read.promise
    }
    const hasty = [house.dial(house.logIn(ana)), house.dial(house.logIn(ana))]
    await until(() => isReading)
    for (const client of hasty) client.ws.terminate()
    await aWhile(50)
    read.resolve()
    house.afterRead = async () => {}
    await aWhile(50)
    await house.connect(ana)
    await house.connect(house.user('Ben'))
    expect(house.gateway.socketCount).toBe(2)
  })
})

describe('an upgrade', () => {
  test('chooses the subprotocol where it is asked for, and compresses nothing', async () => {
    const house = await openHouse()
    const cookie = house.logIn(house.user('Ana'))
    const named = house.dial(cookie, {}, ['other', 'rollcall.v1'])
    await until(() => named.messages.length === 1)
    expect(named.ws.protocol).toBe('rollcall.v1')
    const plain = house.dial(cookie)
    await until(() => plain.messages.length === 1)
    expect(plain.ws.protocol).toBe('')
    expect(plain.ws.extensions).toBe('')
    const other = house.dial(cookie, {}, ['other'])
    await other.closed()
    expect(other.messages).toEqual([])
  })

  test('leaves nothing of the request behind it while the socket is open', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const house = newHouse()
    const requests: WeakRef<object>[] = []
    house.app.addHook('onRequest', async (request, reply) => {
      requests.push(new WeakRef(request), new WeakRef(request.raw), new WeakRef(reply.raw))
    })
    await house.open()
    const ana = house.user('Ana')
    await Promise.all(Array.from({ length: 10 }, () => house.connect(ana)))
    expect(requests).toHaveLength(30)
    await until(() => {
      collect()
      return requests.filter((request) => request.deref() !== undefined).length <= 3
    })
    expect(house.gateway.socketCount).toBe(10)
  })

  test('a message that comes with it is read', async () => {
    const house = await openHouse()
    const client = house.dial(house.logIn(house.user('Ana')))
    client.ws.on('open', () => client.send({ type: 'watch', ref: 'early', all: true }))
    await until(() => client.of('snapshot').length === 1)
    expect(client.messages.map(({ type }) => type)).toEqual(['welcome', 'snapshot'])
  })

  test('P11 a session that ends while it is read is not let in', async () => {
    const house = await openHouse()
    const ana = house.user('Ana')
    const cookie = house.logIn(ana)
    house.afterRead = async () => {
      house.gateway.ended([house.sessions.get(cookie)?.id ?? ''])
    }
    expect((await refusal(house, cookie)).status).toBe(401)
    expect(house.node.isOnline(ana.id)).toBe(false)
  })

  test('P11 a session that ends after it was read closes with 4401, unwelcomed', async () => {
    const house = newHouse()
    let cookie = ''
    house.app.addHook('preHandler', async (request) => {
      if (request.url === '/api/ws') house.gateway.ended([house.sessions.get(cookie)?.id ?? ''])
    })
    await house.open()
    const ana = house.user('Ana')
    cookie = house.logIn(ana)
    const client = house.dial(cookie)
    expect(await client.closed()).toBe(4401)
    expect(client.messages).toEqual([])
    expect(house.node.isOnline(ana.id)).toBe(false)
    await until(() => house.gateway.socketCount === 0)
  })

  test('is needed: a plain request is told so', async () => {
    const house = await openHouse({ connectionsPerUser: 1 })
    const cookie = house.logIn(house.user('Ana'))
    for (let n = 0; n < 3; n++) {
      const answer = await fetch(house.url.replace('ws:', 'http:'), { headers: { cookie } })
      expect(answer.status).toBe(400)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
    }
    house.dial(cookie)
    await until(() => house.gateway.socketCount === 1)
  })

  test('of another route, or to another protocol, is answered as a request, and the connection ends', async () => {
    const house = await openHouse()
    const { hostname, port } = new URL(house.url)
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    const head = ['GET /hello HTTP/1.1', `Host: ${hostname}`, 'Connection: Upgrade', 'Upgrade: h2c', '', '']
    socket.write(head.join('\r\n'))
    await new Promise((resolve) => socket.on('end', resolve))
    expect(text).toContain('200 OK')
    expect(text).toContain('hello')
    const connections = () =>
      new Promise((resolve) => house.app.server.getConnections((_, count) => resolve(count)))
    const deadline = Date.now() + 15_000
    while ((await connections()) !== 0) expect(Date.now()).toBeLessThan(deadline)
    socket.destroy()
    const client = house.dial('', {}, [], '/hello')
    const answer = Promise.withResolvers<number | undefined>()
    client.ws.on('unexpected-response', (_, response) => answer.resolve(response.statusCode))
    expect(await answer.promise).toBe(200)
  })
})
