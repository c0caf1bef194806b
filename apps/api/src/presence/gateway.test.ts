import { afterEach, describe, expect, test } from 'vitest'

import { PresenceHouse } from './testing/presence-house.ts'
import type { PresenceClient } from './testing/presence-client.ts'
import { aWhile, until } from './testing/until.ts'

const houses: PresenceHouse[] = []
afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.close()))
})

async function open(...options: ConstructorParameters<typeof PresenceHouse>): Promise<PresenceHouse> {
  const house = new PresenceHouse(...options)
  houses.push(house)
  return await house.open()
}

const told = (client: PresenceClient) =>
  client
    .of('presence')
    .flatMap(({ changes }) => changes.map(({ username, status }) => `${username} ${status}`))

describe('welcome', () => {
  test('is the first message, and says who one is and how things stand', async () => {
    const house = await open({ heartbeatMs: 7_000 })
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
    const house = await open({ countsMs: 600_000 })
    const ana = await house.connect(house.user('Ana'))
    await house.connect(house.user('Ben'))
    await aWhile(200)
    expect(ana.messages.map(({ type }) => type)).toEqual(['welcome'])
  })
})

describe('a watch of all', () => {
  test('is answered by who is online, with its ref', async () => {
    const house = await open()
    await house.connect(house.user('ben'))
    const ana = await house.connect(house.user('Ana'))
    house.user('Cleo')
    const [snapshot, ...more] = await ana.watch({ all: true })
    expect(more).toEqual([])
    expect(snapshot).toMatchObject({ scope: 'all', part: 0, complete: true })
    expect(snapshot?.users).toEqual([
      { id: 'id-Ana', username: 'Ana', status: 'online', lastSeenAt: null },
      { id: 'id-ben', username: 'ben', status: 'online', lastSeenAt: null },
    ])
  })

  test('comes in parts of bounded size when thousands are online', async () => {
    const house = await open()
    for (let n = 0; n < 4_321; n++)
      house.node.open(`fake ${n}`, `session ${n}`, { id: `id-${n}`, name: `User ${n}` })
    const ana = await house.connect(house.user('Ana'))
    const parts = await ana.watch({ all: true })
    expect(parts.map(({ part, complete }) => `${part} ${complete}`)).toEqual(['0 false', '1 false', '2 true'])
    expect(parts[0]?.users).toHaveLength(2_000)
    expect(ana.online).toHaveLength(4_322)
  })

  test('P2 tells who comes first and who goes last, and no tab in between', async () => {
    const house = await open()
    const ana = await house.connect(house.user('Ana'))
    await ana.watch({ all: true })
    const ben = house.user('Ben')
    const cookie = house.logIn(ben)
    const first = await house.connect(ben, { cookie })
    await until(() => ana.online.includes('Ben'))
    const second = await house.connect(ben, { cookie })
    first.ws.close()
    await first.closed()
    await aWhile(400)
    second.ws.terminate()
    await until(() => !ana.online.includes('Ben'))
    expect(told(ana)).toEqual(['Ben online', 'Ben offline'])
    expect(ana.of('presence').map((message) => message.counts.online)).toEqual([2, 1])
  })

  test('P3 tells a log-out at once, with the time as "last seen", and a dropped connection after the grace', async () => {
    const house = await open({ graceMs: 600_000 })
    const ana = await house.connect(house.user('Ana'))
    await ana.watch({ all: true })
    const ben = house.user('Ben')
    const cookie = house.logIn(ben)
    const client = await house.connect(ben, { cookie })
    await until(() => ana.online.includes('Ben'))
    const before = Date.now()
    house.logOut(cookie)
    await until(() => !ana.online.includes('Ben'))
    const at = Date.parse(ana.users.get(ben.id)?.lastSeenAt ?? '')
    expect(at).toBeGreaterThanOrEqual(before - 50)
    expect(at).toBeLessThanOrEqual(Date.now())
    expect(await client.closed()).toBe(4401)
  })

  test('P3 a reload within the grace is told to nobody', async () => {
    const house = await open({ graceMs: 600_000 })
    const ana = await house.connect(house.user('Ana'))
    await ana.watch({ all: true })
    const ben = house.user('Ben')
    const cookie = house.logIn(ben)
    const before = await house.connect(ben, { cookie })
    await until(() => ana.online.includes('Ben'))
    before.ws.close(1001)
    await before.closed()
    await house.connect(ben, { cookie })
    await aWhile(200)
    expect(told(ana)).toEqual(['Ben online'])
  })

  test('tells of accounts that are created and deleted', async () => {
    const house = await open()
    const ana = await house.connect(house.user('Ana'))
    await ana.watch({ all: true })
    const ben = house.create('Ben')
    await until(() => ana.users.has(ben.id))
    expect(ana.of('directory')[0]).toMatchObject({
      changes: [{ op: 'added', id: ben.id, username: 'Ben' }],
      counts: { online: 1, total: 2 },
    })
    const client = await house.connect(ben)
    await until(() => ana.online.includes('Ben'))
    house.remove(ben)
    await until(() => !ana.users.has(ben.id))
    expect(await client.closed()).toBe(4401)
    await aWhile(100)
    expect(ana.of('directory')[1]).toMatchObject({
      changes: [{ op: 'removed', id: ben.id, username: 'Ben' }],
      counts: { online: 1, total: 1 },
    })
    expect(ana.texts.at(-1)).toContain('removed')
  })
})

describe('a watch of users', () => {
  test('is answered by every one of them, with when they were last seen; ids that name nobody are left out', async () => {
    const house = await open()
    const seenAt = Date.parse('2026-02-03T04:05:06.789Z')
    const [ana, ben, cleo, dan] = [
      house.user('Ana'),
      house.user('Ben', seenAt),
      house.user('Cleo'),
      house.user('Dan'),
    ]
    const client = await house.connect(ana)
    await house.connect(dan)
    const users = [ben.id, 'nobody', cleo.id, dan.id, '__proto__', dan.id]
    const [snapshot, ...more] = await client.watch({ users })
    expect(more).toEqual([])
    expect(snapshot).toMatchObject({ scope: 'users', part: 0, complete: true })
    expect(snapshot?.users).toEqual([
      { id: ben.id, username: 'Ben', status: 'offline', lastSeenAt: '2026-02-03T04:05:06.789Z' },
      { id: cleo.id, username: 'Cleo', status: 'offline', lastSeenAt: null },
      { id: dan.id, username: 'Dan', status: 'online', lastSeenAt: null },
    ])
  })

  test('P10 tells of those users only, and of others not even when they change in the same moment', async () => {
    const house = await open()
    const ana = await house.connect(house.user('Ana'))
    const [ben, cleo] = [house.user('Ben'), house.user('Cleo')]
    await ana.watch({ users: [ben.id] })
    await Promise.all([house.connect(cleo), house.connect(ben)])
    await until(() => ana.online.includes('Ben'))
    await aWhile(100)
    expect(told(ana)).toEqual(['Ben online'])
    expect(ana.texts.join()).not.toContain('Cleo')
  })

  test('tells of the deletion of one of them, online or not, and of no other account', async () => {
    const house = await open()
    const ana = await house.connect(house.user('Ana'))
    const [ben, cleo] = [house.user('Ben'), house.user('Cleo')]
    await ana.watch({ users: [ben.id] })
    house.create('Dan')
    house.remove(cleo)
    house.remove(ben)
    await until(() => ana.of('directory').length > 0)
    await aWhile(100)
    expect(ana.of('directory').flatMap(({ changes }) => changes)).toEqual([
      { op: 'removed', id: ben.id, username: 'Ben' },
    ])
    const again = await ana.watch({ users: [ben.id, cleo.id] })
    expect(again[0]?.users).toEqual([])
  })

  test('of nobody is answered, and ends the watch before it', async () => {
    const house = await open()
    const ana = await house.connect(house.user('Ana'))
    await ana.watch({ all: true })
    const [snapshot] = await ana.watch({ users: [] })
    expect(snapshot).toMatchObject({ scope: 'users', part: 0, users: [], complete: true })
    await house.connect(house.user('Ben'))
    await aWhile(200)
    expect(told(ana)).toEqual([])
  })

  test('is answered when the database is back; the socket stays, and hears of changes meanwhile', async () => {
    const house = await open()
    const ana = await house.connect(house.user('Ana'))
    const [ben, cleo] = [house.user('Ben'), house.user('Cleo')]
    const cookie = house.logIn(cleo)
    await house.connect(cleo, { cookie })
    house.state.databaseIsAway = true
    const ref = ana.ask({ users: [ben.id, cleo.id] })
    await until(() => house.reads > 0)
    house.node.endSession(cleo.id, house.sessions.get(cookie)?.id ?? '')
    await until(() => told(ana).includes('Cleo offline'))
    expect(ana.answers(ref)).toEqual([])
    house.state.databaseIsAway = false
    await until(() => ana.answers(ref).length === 1)
    expect(ana.answers(ref)[0]?.users.map(({ username, status }) => `${username} ${status}`)).toEqual([
      'Ben offline',
      'Cleo offline',
    ])
    expect(ana.closeCode).toBeNull()
  })

  test('says the newest "last seen" that is known, although the database does not have it yet', async () => {
    const house = await open()
    const ben = house.user('Ben', 1_000)
    const cookie = house.logIn(ben)
    await house.connect(ben, { cookie })
    house.logOut(cookie)
    house.users.set(ben.id, { username: 'Ben', lastSeenAt: 1_000 })
    const ana = await house.connect(house.user('Ana'))
    const [snapshot] = await ana.watch({ users: [ben.id] })
    expect(Date.parse(snapshot?.users[0]?.lastSeenAt ?? '')).toBeGreaterThan(1_000)
  })

  test('many at once are one question to the database', async () => {
    const house = await open()
    const people = Array.from({ length: 30 }, (_, n) => house.user(`User ${n}`))
    const clients = await Promise.all(people.slice(0, 10).map((one) => house.connect(one)))
    const ids = people.map(({ id }) => id)
    await Promise.all(clients.map((client) => client.watch({ users: ids })))
    expect(house.reads).toBeLessThanOrEqual(5)
    expect(clients[0]?.online).toHaveLength(10)
  })
})

describe('a watch of a stretch', () => {
  const names = Array.from({ length: 9 }, (_, n) => `U${n + 1}`)

  async function openWithPeople(): Promise<{ house: PresenceHouse; client: PresenceClient }> {
    const house = await open()
    const client = await house.connect(house.user('U0'))
    for (const name of names) house.node.open(`c-${name}`, `s-${name}`, house.user(name))
    await aWhile(100)
    return { house, client }
  }
  const rows = (client: PresenceClient, ref: number) =>
    client
      .answers(ref)
      .filter(({ scope }) => scope === 'online')
      .at(-1)
      ?.users.map(({ username }) => username)

  test('is answered for both scopes, and says where it begins and ends and how many are before it', async () => {
    const { client } = await openWithPeople()
    const answers = await client.watch({ users: ['id-U9'], online: { from: 'u3', limit: 4 } })
    expect(answers.map(({ scope }) => scope).toSorted()).toEqual(['online', 'users'])
    expect(rows(client, 1)).toEqual(['U3', 'U4', 'U5', 'U6'])
    expect(client.window).toEqual({ from: 'u3', to: 'U6', before: 3 })
    await client.watch({ users: [], online: { from: 8, limit: 4 } })
    expect(client.window).toEqual({ from: 'U8', to: null, before: 8 })
    await client.watch({ users: [], online: { from: null, limit: 2 } })
    expect(client.window).toEqual({ from: null, to: 'U1', before: 0 })
  })

  test('P10 tells who comes or goes between the two names, and nobody else', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 'u3', limit: 4 } })
    for (const name of ['U3a', 'U6', 'U7', 'A', 'U60']) {
      if (names.includes(name)) house.node.endSession(`id-${name}`, `s-${name}`)
      else house.node.open(`c-${name}`, `s-${name}`, house.user(name))
      await aWhile(70)
    }
    await until(() => told(client).length >= 2)
    await aWhile(100)
    expect(told(client)).toEqual(['U3a online', 'U6 offline'])
  })

  test('from the very beginning holds newcomers who sort first; to the end of the list, those who sort last', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: null, limit: 20 } })
    house.node.open('c-a', 's-a', house.user('Aaron'))
    house.node.open('c-z', 's-z', house.user('Zoe'))
    await until(() => client.online.includes('Aaron') && client.online.includes('Zoe'))
  })

  test('with more than twice as many as were asked for, is told anew with another end', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 'U2', limit: 3 } })
    expect(client.window).toEqual({ from: 'U2', to: 'U4', before: 2 })
    for (const name of ['U20', 'U21', 'U22']) house.node.open(`c-${name}`, `s-${name}`, house.user(name))
    await until(() => told(client).length === 3)
    expect(client.answers(1).filter(({ scope }) => scope === 'online')).toHaveLength(1)
    house.node.open('c-U23', 's-U23', house.user('U23'))
    await until(() => client.answers(1).filter(({ scope }) => scope === 'online').length === 2)
    expect(rows(client, 1)).toEqual(['U2', 'U20', 'U21'])
    expect(client.window).toEqual({ from: 'U2', to: 'U21', before: 2 })
    const so = told(client).length
    house.node.endSession('id-U4', 's-U4')
    house.node.endSession('id-U20', 's-U20')
    await until(() => told(client).length > so)
    expect(told(client).slice(so)).toEqual(['U20 offline'])
  })

  test('that was asked for by a rank keeps its beginning, whoever comes before it', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 2, limit: 1 } })
    expect(client.window).toEqual({ from: 'U2', to: 'U2', before: 2 })
    await client.watch({ users: [], online: { from: 9, limit: 1 } })
    for (const name of ['A', 'U91']) house.node.open(`c-${name}`, `s-${name}`, house.user(name))
    await until(() => told(client).includes('U91 online'))
    house.node.open('c-U92', 's-U92', house.user('U92'))
    await until(() => client.window?.before === 10)
    expect(client.window).toEqual({ from: 'U9', to: 'U9', before: 10 })
  })

  test('tells of the deletion of who was online in it', async () => {
    const { house, client } = await openWithPeople()
    await client.watch({ users: [], online: { from: 'u3', limit: 4 } })
    house.remove({ id: 'id-U9', name: 'U9' })
    house.remove({ id: 'id-U4', name: 'U4' })
    await until(() => client.of('directory').length > 0)
    await aWhile(100)
    expect(client.of('directory').flatMap(({ changes }) => changes.map(({ username }) => username))).toEqual([
      'U4',
    ])
  })
})

describe('counts and freshness', () => {
  test('counts come alone to who got none otherwise and was told others, and not again while they stay', async () => {
    const house = await open({ countsMs: 200 })
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
    const house = await open({ countsMs: 60_000 })
    const quiet = await house.connect(house.user('Ana'))
    for (let n = 0; n < 10; n++) {
      await house.connect(house.user(`User ${n}`))
      await aWhile(30)
    }
    expect(quiet.of('counts')).toEqual([])
  })

  test('P7 everybody hears that the link to the others was lost', async () => {
    const house = await open()
    const clients = await Promise.all([house.connect(house.user('Ana')), house.connect(house.user('Ben'))])
    house.gateway.freshness()
    await until(() => clients.every((client) => client.of('freshness').length === 1))
    expect(clients[0]?.of('freshness')[0]).toMatchObject({ state: 'live' })
  })
})

describe('what is not understood', () => {
  test('is answered with what is allowed, and leaves the watch in force', async () => {
    const house = await open()
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
    const house = await open()
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
    const house = await open({ messagesPerSecond: 20 })
    const ana = await house.connect(house.user('Ana'))
    for (let n = 0; n < 60; n++) ana.send({ type: 'watch', users: [] })
    expect(await ana.closed()).toBe(1013)
    expect(ana.of('snapshot').length).toBeLessThanOrEqual(52)
    const ben = await house.connect(house.user('Ben'))
    for (let n = 0; n < 60; n++) ben.ws.ping()
    expect(await ben.closed()).toBe(1013)
  })

  test('a message of 32 KiB is read, a longer one closes with 1009', async () => {
    const house = await open()
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
    const house = await open()
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
    const house = await open({ recheckMs: 100, graceMs: 600_000 })
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
    const house = await open({ recheckMs: 600_000 })
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
    const house = await open()
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

  test('does not wait for a client that does not answer', async () => {
    const house = await open()
    const ana = await house.connect(house.user('Ana'))
    ana.ws.pause()
    await house.gateway.closeAll(1012, 0)
    expect(house.gateway.socketCount).toBe(0)
  })
})
