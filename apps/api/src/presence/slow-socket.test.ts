import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { FakeConnection } from './testing/fake-connection.ts'
import { FakePresence } from './testing/fake-presence.ts'

let presence: FakePresence

beforeEach(() => {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'setInterval',
      'setImmediate',
      'clearTimeout',
      'clearImmediate',
      'performance',
      'Date',
    ],
  })
  presence = new FakePresence({ heartbeatMs: 10_000 })
})
afterEach(() => {
  presence.gateway.stop()
  vi.useRealTimers()
})

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => presence.create(`User ${String(from + n).padStart(5, '0')}`))

/** Everybody comes or goes, and it is told. */
async function turn(act: () => void): Promise<void> {
  act()
  await advance(60)
}

/** A connection that takes nothing any more, with its queue filled. */
async function stall(connection: FakeConnection): Promise<void> {
  connection.stall()
  const fillers = people(20, 90_000)
  for (let n = 0; n < 30; n++)
    await turn(() => (n % 2 === 0 ? presence.come(...fillers) : presence.go(...fillers)))
}

const changesOf = (connection: FakeConnection) =>
  connection.read().flatMap((message) => (message.type === 'presence' ? [message.changes] : []))

describe('P9 a connection that takes nothing', () => {
  test('has a bounded queue, however much happens', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection)
    const { queued } = connection
    for (let n = 0; n < 50; n++) {
      connection.arrive()
      await turn(() => (n % 2 === 0 ? presence.come(...people(20)) : presence.go(...people(20))))
    }
    expect(connection.queued).toBe(queued)
    expect(queued).toBeLessThan(10_000)
  })

  test('gets the latest state of those it missed, once, when it drains', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection)
    const [ana, ben, cleo] = people(3)
    for (const person of [ana!, ben!, ana!, cleo!]) {
      await turn(() => (presence.isOnline(person.id) ? presence.go(person) : presence.come(person)))
    }
    connection.resume()
    await advance(1)
    const last = changesOf(connection).at(-1)
    const users = last
      ?.filter(({ username }) => username < 'User 9')
      .map(({ id, status }) => `${id} ${status}`)
    expect(users?.toSorted()).toEqual([`${ana!.id} offline`, `${ben!.id} online`, `${cleo!.id} online`])
    await turn(() => presence.go(ben!))
    expect(changesOf(connection)).toHaveLength(1)
  })

  test('gets only what it watches', async () => {
    const [ana, ben, inside, outside] = people(4)
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
    await advance(1)
    expect(
      changesOf(connection)
        .at(-1)
        ?.map(({ id, status }) => `${id} ${status}`),
    ).toEqual([`${ana!.id} online`])
    expect(
      changesOf(narrow)
        .flat()
        .filter(({ id }) => id !== inside!.id && id !== outside!.id),
    ).toEqual([])
  })

  test('catches up from where it was, whoever else was as far behind before', async () => {
    const [one, two] = [presence.connect('one', 4_096), presence.connect('two', 4_096)]
    for (const connection of [one, two]) connection.send({ type: 'watch', all: true })
    one.stall()
    await stall(two)
    const [ana, ben] = people(2)
    for (const [connection, person] of [
      [one, ana!],
      [two, ben!],
    ] as const) {
      await turn(() => presence.come(person))
      connection.resume()
      await advance(1)
      const last = changesOf(connection)
        .at(-1)
        ?.map(({ id }) => id)
      expect(last).toContain(ana!.id)
      expect(last?.includes(ben!.id)).toBe(person === ben)
    }
  })

  test('is never told of an account that was deleted before it could be answered', async () => {
    const connection = presence.connect('slow', 1_024)
    const [ana, ben] = people(2)
    connection.send({ type: 'watch', users: [ana!.id, ben!.id] })
    await advance(2)
    presence.accounts.delete(ana!.id)
    presence.gateway.directory([{ op: 'removed', ...ana! }])
    await advance(20)
    expect(
      connection.read().flatMap((message) => (message.type === 'snapshot' ? message.users : [])),
    ).toMatchObject([{ id: ben!.id }])
  })

  test('gets a fresh snapshot of the same scopes where it missed more than that', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', ref: 'mine', all: true })
    await stall(connection)
    const crowd = people(1_500)
    await turn(() => presence.come(...crowd))
    await turn(() => presence.go(...crowd))
    connection.read()
    connection.resume()
    await advance(100)
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
    await stall(connection)
    connection.read()
    await turn(() => presence.gateway.directory([{ op: 'added', ...presence.create('Ana') }]))
    connection.resume()
    await advance(100)
    expect(connection.read().filter(({ type }) => type === 'snapshot')).toHaveLength(1)
  })

  test('hears how fresh the list is when it drains', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection)
    presence.freshness = { state: 'stale', since: 1_000 }
    presence.gateway.freshness()
    presence.freshness = { state: 'live', since: 2_000 }
    presence.gateway.freshness()
    connection.resume()
    await advance(1)
    const heard = connection.read().filter(({ type }) => type === 'freshness')
    expect(heard).toEqual([{ type: 'freshness', state: 'live', since: '1970-01-01T00:00:02.000Z' }])
  })

  test('is closed when it has not drained for two heartbeats, although it still answers pings', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    await stall(connection)
    for (let n = 0; n < 170; n++) {
      await advance(100)
      connection.arrive()
    }
    expect(connection.closeCode).toBeNull()
    for (let n = 0; n < 120; n++) {
      await advance(100)
      connection.arrive()
    }
    expect(connection.closeCode).toBe(1006)
  })

  test('that drains now and then is not closed', async () => {
    const connection = presence.connect('slow', 4_096)
    connection.send({ type: 'watch', all: true })
    for (let round = 0; round < 4; round++) {
      await stall(connection)
      for (let n = 0; n < 100; n++) {
        await advance(100)
        connection.arrive()
      }
      connection.resume()
      await advance(10)
    }
    expect(connection.closeCode).toBeNull()
  })

  test('reads a long snapshot part by part: the next is made when the one before was taken', async () => {
    await turn(() => presence.come(...people(7_000)))
    const connection = presence.connect('slow', 4_096)
    connection.read()
    connection.stall()
    connection.send({ type: 'watch', all: true })
    await advance(10)
    expect(connection.queued).toBeLessThan(400_000)
    const late = presence.create('User 06999x')
    presence.come(late)
    await advance(200)
    connection.resume()
    await advance(100)
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

describe('a telling that takes long', () => {
  test('lets others have their turn, and whoever asks meanwhile is told everything once', async () => {
    const now = performance.now.bind(performance)
    let ahead = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now() + (ahead += 5))
    const connections = Array.from({ length: 500 }, (_, n) => presence.connect(`session ${n}`))
    for (const connection of connections) connection.send({ type: 'watch', all: true })
    await advance(5_000)
    for (const connection of connections) connection.read()
    const [ana] = people(1)
    presence.come(ana!)
    const told = () => connections.reduce((frames, connection) => frames + changesOf(connection).length, 0)
    let first = 0
    while (first === 0) {
      await vi.advanceTimersToNextTimerAsync()
      first = told()
    }
    expect(first).toBeLessThan(500)
    const [last, late] = [connections.at(-1)!, presence.connect('late')]
    last.send({ type: 'watch', ref: 'again', all: true })
    late.send({ type: 'watch', ref: 'again', all: true })
    const between = [last.read(), late.read()].flat()
    expect(between.filter((message) => message.type === 'snapshot')).toMatchObject([
      { ref: 'again', users: [{ id: ana!.id }] },
      { ref: 'again', users: [{ id: ana!.id }] },
    ])
    await advance(5_000)
    expect([last.read(), late.read()].flat().filter(({ type }) => type === 'presence')).toEqual([])
    expect(first + told()).toBe(499)
  })
})

describe('a storm of returning watchers', () => {
  interface Watcher {
    readonly connection: FakeConnection
    /** When it was told of changes. */
    readonly times: number[]
    readonly online: Set<string>
    snapshots: number
  }

  function read(watcher: Watcher): void {
    for (const message of watcher.connection.read()) {
      if (message.type === 'welcome' || message.type === 'snapshot') watcher.snapshots++
      if (message.type === 'snapshot') for (const { id } of message.users) watcher.online.add(id)
      if (message.type !== 'presence') continue
      watcher.times.push(performance.now())
      for (const { id } of message.changes) watcher.online.add(id)
    }
  }

  test('tells a slow one that has drained with the next flush, not once more before it', async () => {
    const slow = presence.connect('slow', 4_096)
    slow.send({ type: 'watch', all: true })
    await stall(slow)
    const storm = () => {
      for (let n = 0; n < 20; n++) presence.connect('storm').send({ type: 'watch', all: true })
    }
    await advance(2_000)
    storm()
    const [ana, ben] = people(2)
    await turn(() => presence.come(ana!))
    storm()
    slow.resume()
    await advance(300)
    const before = changesOf(slow).flat()
    expect(before.map(({ id }) => id)).not.toContain(ana!.id)
    presence.come(ben!)
    await advance(1_000)
    const [told, ...more] = changesOf(slow)
    expect(more).toEqual([])
    expect(told?.map(({ id }) => id)).toEqual(expect.arrayContaining([ana!.id, ben!.id]))
  })

  test('ends: whoever waited for the next flush is told, although nobody came any more', async () => {
    const slow = presence.connect('slow', 4_096)
    slow.send({ type: 'watch', all: true })
    await stall(slow)
    await advance(2_000)
    for (let n = 0; n < 20; n++) presence.connect('storm').send({ type: 'watch', all: true })
    const [ana] = people(1)
    await turn(() => presence.come(ana!))
    slow.resume()
    await advance(1_100)
    expect(
      changesOf(slow)
        .at(-1)
        ?.map(({ id }) => id),
    ).toContain(ana!.id)
  })

  test('hears of presence once a second, until everybody is back; then every screen is right', async () => {
    const watchers: Watcher[] = []
    for (let n = 0; n < 300; n++) {
      const connection = presence.connect(`session ${n}`)
      watchers.push({ connection, times: [], online: new Set(), snapshots: 0 })
      presence.come(presence.create(`User ${n}`))
      connection.send({ type: 'watch', all: true })
      if (n % 2 === 1) await advance(15)
      watchers.forEach(read)
    }
    await advance(1_100)
    watchers.forEach(read)
    for (const { times, online, snapshots } of watchers) {
      // The first ones came before it could be known for a storm.
      const [first = 0] = times
      const late = times.filter((time) => time > first + 200)
      for (let n = 1; n < late.length; n++) expect(late[n]! - late[n - 1]!).toBeGreaterThanOrEqual(990)
      expect(times.length).toBeLessThanOrEqual(late.length + 4)
      expect(online.size).toBe(300)
      expect(snapshots).toBe(2)
    }
  })
})
