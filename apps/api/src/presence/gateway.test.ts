import { describe, expect, test } from 'vitest'

import { openHouse } from './testing/open-house.ts'
import { aWhile, until } from './testing/until.ts'

describe('welcome', () => {
  test('is the first message, and says who one is and how things stand', async () => {
    const house = await openHouse({ heartbeatMs: 7_000 })
    const ana = house.user('Ana')
    house.user('Ben')
    const client = await house.connect(ana)
    expect(client.welcome).toMatchObject({
      protocol: 1,
      user: { id: ana.id, username: 'Ana' },
      heartbeatSeconds: 7,
      counts: { online: 1, total: 2 },
      freshness: { state: 'live' },
    })
    expect(client.welcome.connectionId).not.toBe('')
  })

  test('before the first watch nobody is watched', async () => {
    const house = await openHouse({ countsMs: 600_000 })
    const ana = await house.connect(house.user('Ana'))
    await house.connect(house.user('Ben'))
    await aWhile(200)
    expect(ana.messages.map(({ type }) => type)).toEqual(['welcome'])
  })
})

describe('counts and freshness', () => {
  test('counts come alone to who got none otherwise and was told others, and not again while they stay', async () => {
    const house = await openHouse({ countsMs: 200 })
    const [ana, ben] = [house.user('Ana'), house.user('Ben')]
    const quiet = await house.connect(ana)
    const busy = await house.connect(ana)
    await busy.watch({ all: true })
    await house.connect(ben)
    await until(() => quiet.counts?.online === 2 && busy.counts?.online === 2)
    house.user('Cleo')
    await until(() => quiet.counts?.total === 3 && busy.counts?.total === 3)
    await aWhile(500)
    expect(quiet.of('counts').length).toBeLessThanOrEqual(2)
    expect(busy.of('counts')).toEqual([{ type: 'counts', online: 2, total: 3 }])
  })

  test('counts alone come at most once in a round', async () => {
    const house = await openHouse({ countsMs: 60_000 })
    const quiet = await house.connect(house.user('Ana'))
    for (let n = 0; n < 10; n++) {
      await house.connect(house.user(`User ${n}`))
      await aWhile(30)
    }
    expect(quiet.of('counts')).toEqual([])
  })

  test('P7 everybody hears that the link to the others was lost', async () => {
    const house = await openHouse()
    const clients = await Promise.all([house.connect(house.user('Ana')), house.connect(house.user('Ben'))])
    house.gateway.freshness()
    await until(() => clients.every((client) => client.of('freshness').length === 1))
    expect(clients[0]?.of('freshness')[0]).toMatchObject({ state: 'live' })
  })
})

describe('what is not understood', () => {
  test('is answered with what is allowed, and leaves the watch in force', async () => {
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    await ana.watch({ all: true })
    ana.ws.send('{"type":')
    ana.ws.send('"watch"')
    ana.ws.send('{"type":"wave"}')
    ana.ws.send('{"type":"watch","all":false}')
    ana.ws.send(JSON.stringify({ type: 'watch', users: Array.from({ length: 501 }, (_, n) => `id-${n}`) }))
    ana.ws.send('{"type":"watch","users":[],"online":{"from":null,"limit":201}}')
    ana.ws.send('{"type":"watch","users":[],"__proto__":{"all":true}}')
    ana.ws.send(Buffer.from('{"type":"watch","all":true}'), { binary: true })
    await until(() => ana.of('error').length === 8)
    expect(ana.of('error').map(({ code }) => code)).toEqual([
      'bad_json',
      'unknown_type',
      'unknown_type',
      'bad_message',
      'bad_message',
      'bad_message',
      'bad_message',
      'binary',
    ])
    await house.connect(house.user('Ben'))
    await until(() => ana.online.includes('Ben'))
  })

  test('ten times in a row closes with 4400; in between, something understood begins anew', async () => {
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    for (let n = 0; n < 9; n++) ana.ws.send('no')
    await ana.watch({ users: [] })
    for (let n = 0; n < 9; n++) ana.ws.send('no')
    await until(() => ana.of('error').length === 18)
    expect(ana.closeCode).toBeNull()
    ana.ws.send('no')
    expect(await ana.closed()).toBe(4400)
  })

  test('too much of it, or of anything, closes with 1013', async () => {
    const house = await openHouse({ messagesPerSecond: 20 })
    const ana = await house.connect(house.user('Ana'))
    for (let n = 0; n < 60; n++) ana.send({ type: 'watch', users: [] })
    expect(await ana.closed()).toBe(1013)
    expect(ana.of('snapshot').length).toBeLessThanOrEqual(52)
    const ben = await house.connect(house.user('Ben'))
    for (let n = 0; n < 60; n++) ben.ws.ping()
    expect(await ben.closed()).toBe(1013)
  })

  test('a message of 32 KiB is read, a longer one closes with 1009', async () => {
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    const longest = 32 * 1024 - JSON.stringify({ type: 'watch', users: [], x: '' }).length
    ana.send({ type: 'watch', users: [], x: 'x'.repeat(longest) })
    await until(() => ana.of('error').length === 1)
    ana.send({ type: 'watch', users: [], x: 'x'.repeat(longest + 1) })
    expect(await ana.closed()).toBe(1009)
    await until(() => house.gateway.socketCount === 0)
  })
})

describe('sessions', () => {
  test('P11 an end closes all sockets of the session with 4401, and none of another', async () => {
    const house = await openHouse()
    const ana = house.user('Ana')
    const [one, two] = [house.logIn(ana), house.logIn(ana)]
    const [a, b, c] = await Promise.all([one, one, two].map((cookie) => house.connect(ana, { cookie })))
    await c?.watch({ all: true })
    house.logOut(one)
    expect(await a?.closed()).toBe(4401)
    expect(await b?.closed()).toBe(4401)
    await aWhile(50)
    expect(c?.closeCode).toBeNull()
    expect(c?.online).toEqual(['Ana'])
  })

  test('P11 an end whose notice was lost is found by the re-check; a check that cannot be made closes nothing', async () => {
    const house = await openHouse({ recheckMs: 100, graceMs: 600_000 })
    const ana = house.user('Ana')
    const cookie = house.logIn(ana)
    const client = await house.connect(ana, { cookie })
    const ben = await house.connect(house.user('Ben'))
    house.sessions.delete(cookie)
    house.state.databaseIsAway = true
    await aWhile(300)
    expect(client.closeCode).toBeNull()
    house.state.databaseIsAway = false
    expect(await client.closed()).toBe(4401)
    await until(() => !house.node.isOnline(ana.id))
    expect(ben.closeCode).toBeNull()
  })

  test('P4 after a loss all sessions are checked at once', async () => {
    const house = await openHouse({ recheckMs: 600_000 })
    const ana = house.user('Ana')
    const cookie = house.logIn(ana)
    const client = await house.connect(ana, { cookie })
    house.sessions.delete(cookie)
    house.gateway.recheck()
    expect(await client.closed()).toBe(4401)
  })
})

describe('a stop', () => {
  test('P8 closes all sockets with 1012, spread over the time given, and whoever comes meanwhile', async () => {
    const house = await openHouse()
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, n) => house.connect(house.user(`User ${n}`))),
    )
    const began = Date.now()
    const all = house.gateway.closeAll(1012, 400)
    const late = house.dial(house.logIn(house.user('Late')))
    expect(await late.closed()).toBe(1012)
    expect(late.messages).toEqual([])
    await all
    expect(Date.now() - began).toBeGreaterThan(300)
    expect(await Promise.all(clients.map((client) => client.closed()))).toEqual(clients.map(() => 1012))
    expect(house.gateway.socketCount).toBe(0)
  })

  test('cuts who was closed before and has not gone', async () => {
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    ana.send({ type: 'watch', users: [], x: 'x'.repeat(40_000) })
    ana.ws.pause()
    await until(() => house.gateway.socketCount === 0)
    const began = Date.now()
    await house.gateway.closeAll(1012, 0)
    await house.app.close()
    expect(Date.now() - began).toBeLessThan(20_000)
  })

  test('does not wait for a client that does not answer', async () => {
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    ana.ws.pause()
    await house.gateway.closeAll(1012, 0)
    expect(house.gateway.socketCount).toBe(0)
  })
})
