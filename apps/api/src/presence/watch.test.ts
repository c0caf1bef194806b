import { describe, expect, test } from 'vitest'

import { openHouse } from './testing/open-house.ts'
import type { PresenceClient } from './testing/presence-client.ts'
import { aWhile, until } from './testing/until.ts'

/** Everything up to now was told: so many are online. What this client was told by that is forgotten. */
async function sees(client: PresenceClient, online: number): Promise<void> {
  await client.watch({ all: true })
  await until(() => client.online.length === online)
  await client.watch({ users: [] })
  client.forget()
}

describe('a watch of all', () => {
  test('is answered by who is online, with its ref', async () => {
    const house = await openHouse()
    await house.connect(house.user('ben'))
    const ana = await house.connect(house.user('Ana'))
    house.user('Cleo')
    await sees(ana, 2)
    const [snapshot, ...more] = await ana.watch({ all: true })
    expect(more).toEqual([])
    expect(snapshot).toMatchObject({ scope: 'all', part: 0, complete: true })
    expect(snapshot?.users).toEqual([
      { id: 'id-Ana', username: 'Ana', status: 'online', lastSeenAt: null },
      { id: 'id-ben', username: 'ben', status: 'online', lastSeenAt: null },
    ])
  })

  test('comes in parts of bounded size when thousands are online', async () => {
    const house = await openHouse()
    for (let n = 0; n < 4_321; n++)
      house.node.open(`fake ${n}`, `session ${n}`, { id: `id-${n}`, name: `User ${n}` })
    const ana = await house.connect(house.user('Ana'))
    await sees(ana, 4_322)
    const parts = await ana.watch({ all: true })
    expect(parts.map(({ part, complete }) => `${part} ${complete}`)).toEqual(['0 false', '1 false', '2 true'])
    expect(parts[0]?.users).toHaveLength(2_000)
    expect(ana.online).toHaveLength(4_322)
  })

  test('P2 tells who comes first and who goes last, and no tab in between', async () => {
    const house = await openHouse()
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
    expect(ana.told).toEqual(['Ben online', 'Ben offline'])
    expect(ana.of('presence').map((message) => message.counts.online)).toEqual([2, 1])
  })

  test('P3 tells a log-out at once, with the time as "last seen", and a dropped connection after the grace', async () => {
    const house = await openHouse({ graceMs: 600_000 })
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
    const house = await openHouse({ graceMs: 600_000 })
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
    expect(ana.told).toEqual(['Ben online'])
  })

  test('tells of accounts that are created and deleted', async () => {
    const house = await openHouse()
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
    const house = await openHouse()
    const seenAt = Date.parse('2026-02-03T04:05:06.789Z')
    const [ana, ben, cleo, dan] = [
      house.user('Ana'),
      house.user('Ben', seenAt),
      house.user('Cleo'),
      house.user('Dan'),
    ]
    const client = await house.connect(ana)
    await house.connect(dan)
    await sees(client, 2)
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
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    const [ben, cleo] = [house.user('Ben'), house.user('Cleo')]
    await ana.watch({ users: [ben.id] })
    await Promise.all([house.connect(cleo), house.connect(ben)])
    await until(() => ana.online.includes('Ben'))
    await aWhile(100)
    expect(ana.told).toEqual(['Ben online'])
    expect(ana.texts.join()).not.toContain('Cleo')
  })

  test('tells of the deletion of one of them, online or not, and of no other account', async () => {
    const house = await openHouse()
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
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    await ana.watch({ all: true })
    const [snapshot] = await ana.watch({ users: [] })
    expect(snapshot).toMatchObject({ scope: 'users', part: 0, users: [], complete: true })
    await house.connect(house.user('Ben'))
    await aWhile(200)
    expect(ana.told).toEqual([])
  })

  test('is answered when the database is back; the socket stays, and hears of changes meanwhile', async () => {
    const house = await openHouse()
    const ana = await house.connect(house.user('Ana'))
    const [ben, cleo] = [house.user('Ben'), house.user('Cleo')]
    const cookie = house.logIn(cleo)
    await house.connect(cleo, { cookie })
    house.state.databaseIsAway = true
    const ref = ana.ask({ users: [ben.id, cleo.id] })
    await until(() => house.reads > 0)
    house.node.endSession(cleo.id, house.sessions.get(cookie)?.id ?? '')
    await until(() => ana.told.includes('Cleo offline'))
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
    const house = await openHouse()
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
    const house = await openHouse()
    const people = Array.from({ length: 30 }, (_, n) => house.user(`User ${n}`))
    const clients = await Promise.all(people.slice(0, 10).map((one) => house.connect(one)))
    const ids = people.map(({ id }) => id)
    for (const client of clients) await sees(client, 10)
    await Promise.all(clients.map((client) => client.watch({ users: ids })))
    expect(house.reads).toBeLessThanOrEqual(5)
    expect(clients[0]?.online).toHaveLength(10)
  })
})
