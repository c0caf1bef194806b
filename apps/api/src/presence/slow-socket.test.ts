import { beforeEach, describe, expect, test } from 'vitest'

import type { FakeClock } from './testing/fake-clock.ts'
import type { FakePresence } from './testing/fake-presence.ts'
import { openFakePresence } from './testing/open-fake-presence.ts'
import { stall } from './testing/stall.ts'

let clock: FakeClock
let presence: FakePresence

beforeEach(() => {
  ;({ clock, presence } = openFakePresence({ heartbeatMs: 10_000 }))
})

/** Everybody comes or goes, and it is told. */
async function turn(act: () => void): Promise<void> {
  act()
  await clock.advance(60)
}

describe('P9 a connection that takes nothing', () => {
  test('has a bounded queue, however much happens', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection, presence, clock)
    const { queued } = connection
    for (let n = 0; n < 50; n++) {
      connection.arrive()
      await turn(() =>
        n % 2 === 0 ? presence.come(...presence.crowd(20)) : presence.go(...presence.crowd(20)),
      )
    }
    expect(connection.queued).toBe(queued)
    expect(queued).toBeLessThan(10_000)
  })

  test('gets the latest state of those it missed, once, when it drains', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection, presence, clock)
    const [ana, ben, cleo] = presence.crowd(3)
    for (const person of [ana!, ben!, ana!, cleo!]) {
      await turn(() => (presence.isOnline(person.id) ? presence.go(person) : presence.come(person)))
    }
    connection.resume()
    await clock.advance(1)
    const last = connection.changes().at(-1)
    const users = last
      ?.filter(({ username }) => username < 'User 9')
      .map(({ id, status }) => `${id} ${status}`)
    expect(users?.toSorted()).toEqual([`${ana!.id} offline`, `${ben!.id} online`, `${cleo!.id} online`])
    await turn(() => presence.go(ben!))
    expect(connection.changes()).toHaveLength(1)
  })

  test('gets only what it watches', async () => {
    const [ana, ben, inside, outside] = presence.crowd(4)
    const connection = presence.connect('slow', 1_024)
    connection.send({ type: 'watch', users: [ana!.id] })
    connection.stall()
    for (let n = 0; n < 20; n++) await turn(() => (n % 2 === 0 ? presence.come(ana!) : presence.go(ana!)))
    const narrow = presence.connect('narrow', 1_024)
    await turn(() => presence.come(inside!))
    narrow.send({ type: 'watch', users: [], online: { from: inside!.name, limit: 1 } })
    narrow.stall()
    for (let n = 0; n < 20; n++)
      await turn(() => (n % 2 === 0 ? presence.go(inside!) : presence.come(inside!)))
    await turn(() => presence.come(ana!, ben!, outside!))
    connection.resume()
    narrow.resume()
    await clock.advance(1)
    expect(
      connection
        .changes()
        .at(-1)
        ?.map(({ id, status }) => `${id} ${status}`),
    ).toEqual([`${ana!.id} online`])
    expect(
      narrow
        .changes()
        .flat()
        .filter(({ id }) => id !== inside!.id && id !== outside!.id),
    ).toEqual([])
  })

  test('catches up from where it was, whoever else was as far behind before', async () => {
    const [one, two] = [presence.connect('one', 4_096), presence.connect('two', 4_096)]
    for (const connection of [one, two]) connection.send({ type: 'watch', all: true })
    one.stall()
    await stall(two, presence, clock)
    const [ana, ben] = presence.crowd(2)
    for (const [connection, person] of [
      [one, ana!],
      [two, ben!],
    ] as const) {
      await turn(() => presence.come(person))
      connection.resume()
      await clock.advance(1)
      const last = connection
        .changes()
        .at(-1)
        ?.map(({ id }) => id)
      expect(last).toContain(ana!.id)
      expect(last?.includes(ben!.id)).toBe(person === ben)
    }
  })

  test('is never told of an account that was deleted before it could be answered', async () => {
    const connection = presence.connect('slow', 1_024)
    const [ana, ben] = presence.crowd(2)
    connection.send({ type: 'watch', users: [ana!.id, ben!.id] })
    await clock.advance(2)
    presence.accounts.delete(ana!.id)
    presence.gateway.directory([{ op: 'removed', ...ana! }])
    await clock.advance(20)
    expect(
      connection.read().flatMap((message) => (message.type === 'snapshot' ? message.users : [])),
    ).toMatchObject([{ id: ben!.id }])
  })

  test('gets a fresh snapshot of the same scopes where it missed more than that', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', ref: 'mine', all: true })
    await stall(connection, presence, clock)
    const crowd = presence.crowd(1_500)
    await turn(() => presence.come(...crowd))
    await turn(() => presence.go(...crowd))
    connection.read()
    connection.resume()
    await clock.advance(100)
    const messages = connection.read()
    const snapshot = messages.find((message) => message.type === 'snapshot')
    expect(snapshot).toMatchObject({ scope: 'all', ref: 'mine', part: 0, complete: true, users: [] })
    expect(
      messages
        .filter(({ type }) => type === 'presence')
        .every((message) => message.type === 'presence' && message.changes.length < 1_000),
    ).toBe(true)
  })

  test('gets a fresh snapshot where accounts were created meanwhile, so that it loads pages anew', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection, presence, clock)
    connection.read()
    await turn(() => presence.gateway.directory([{ op: 'added', ...presence.create('Ana') }]))
    connection.resume()
    await clock.advance(100)
    expect(connection.read().filter(({ type }) => type === 'snapshot')).toHaveLength(1)
  })

  test('hears how fresh the list is when it drains', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection, presence, clock)
    presence.freshness = { state: 'stale', since: 1_000 }
    presence.gateway.freshness()
    presence.freshness = { state: 'live', since: 2_000 }
    presence.gateway.freshness()
    connection.resume()
    await clock.advance(1)
    const heard = connection.read().filter(({ type }) => type === 'freshness')
    expect(heard).toEqual([{ type: 'freshness', state: 'live', since: '1970-01-01T00:00:02.000Z' }])
  })

  test('is closed when it has not drained for two heartbeats, although it still answers pings', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection, presence, clock)
    for (let n = 0; n < 170; n++) {
      await clock.advance(100)
      connection.arrive()
    }
    expect(connection.closeCode).toBeNull()
    for (let n = 0; n < 120; n++) {
      await clock.advance(100)
      connection.arrive()
    }
    expect(connection.closeCode).toBe(1006)
  })

  test('that drains now and then is not closed', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    for (let round = 0; round < 4; round++) {
      await stall(connection, presence, clock)
      for (let n = 0; n < 100; n++) {
        await clock.advance(100)
        connection.arrive()
      }
      connection.resume()
      await clock.advance(10)
    }
    expect(connection.closeCode).toBeNull()
  })

  test('reads a long snapshot part by part: the next is made when the one before was taken', async () => {
    await turn(() => presence.come(...presence.crowd(7_000)))
    const connection = presence.connect('slow', 4_096)
    connection.read()
    connection.stall()
    connection.send({ type: 'watch', all: true })
    await clock.advance(10)
    expect(connection.queued).toBeLessThan(400_000)
    const late = presence.create('User 06999x')
    presence.come(late)
    await clock.advance(200)
    connection.resume()
    await clock.advance(100)
    const parts = connection.read().filter((message) => message.type === 'snapshot')
    expect(parts.map(({ part, complete }) => `${part} ${complete}`)).toEqual([
      '0 false',
      '1 false',
      '2 false',
      '3 true',
    ])
    expect(parts.flatMap(({ users }) => users)).toHaveLength(7_001)
  })
})
