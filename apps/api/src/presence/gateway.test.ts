import { afterEach, describe, expect, test } from 'vitest'

import { PresenceHouse } from './testing/presence-house.ts'
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
})

describe('a watch of all', () => {
  test('is answered by who is online, with its ref', async () => {
    const house = await open()
    await house.connect(house.user('Ben'))
    const ana = await house.connect(house.user('Ana'))
    const [snapshot, ...more] = await ana.watch({ all: true })
    expect(more).toEqual([])
    expect(snapshot).toMatchObject({ scope: 'all', part: 0, complete: true })
    expect(snapshot?.users.map((user) => user.username)).toEqual(['Ana', 'Ben'])
    expect(snapshot?.users[0]).toMatchObject({ status: 'online', lastSeenAt: null })
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
    const changes = ana.of('presence').flatMap((message) => message.changes)
    expect(changes.map(({ username, status }) => `${username} ${status}`)).toEqual([
      'Ben online',
      'Ben offline',
    ])
    expect(ana.of('presence').map((message) => message.counts.online)).toEqual([2, 1])
  })
})
