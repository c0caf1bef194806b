import { beforeEach, describe, expect, test } from 'vitest'

import type { FakeClock } from './testing/fake-clock.ts'
import type { FakePresence } from './testing/fake-presence.ts'
import { openFakePresence } from './testing/open-fake-presence.ts'

let clock: FakeClock
let presence: FakePresence

beforeEach(() => {
  ;({ clock, presence } = openFakePresence({ heartbeatMs: 10_000 }))
})

describe('a connection', () => {
  test('is pinged once an interval, and kept while anything at all arrives', async () => {
    const connection = presence.connect('one')
    for (let n = 0; n < 12; n++) {
      await clock.advance(5_000)
      if (n % 2 === 0) connection.arrive()
    }
    expect(connection.pings).toBeGreaterThanOrEqual(5)
    expect(connection.pings).toBeLessThanOrEqual(7)
    expect(connection.closeCode).toBeNull()
  })

  test('that says nothing between two pings is cut, and its user is let go', async () => {
    const connection = presence.connect('one')
    await clock.advance(30_000)
    expect(connection.pings).toBe(1)
    expect(connection.closeCode).toBe(1006)
    expect(presence.closed).toEqual(presence.opened)
    expect(presence.gateway.socketCount).toBe(0)
  })

  test('whose ping waits behind other bytes has one interval more', async () => {
    const connection = presence.connect('one')
    connection.send({ type: 'watch', users: ['id-Ana'] })
    await clock.advance(9_000)
    connection.stall()
    presence.come(presence.create('Ana'))
    await clock.advance(12_000)
    expect(connection.queued).toBeGreaterThan(0)
    await clock.advance(8_000)
    expect(connection.closeCode).toBeNull()
    await clock.advance(12_000)
    expect(connection.closeCode).toBe(1006)
  })

  test('hears a heartbeat when nothing else was said for an interval, never later, and none while it hears others', async () => {
    const connections = Array.from({ length: 10 }, (_, n) => presence.connect(`session ${n}`))
    const ana = presence.create('Ana')
    for (const connection of connections) connection.send({ type: 'watch', users: [ana.id] })
    const heardAt = connections.map(() => performance.now())
    let longest = 0
    let heartbeats = 0
    for (let n = 0; n < 1_600; n++) {
      await clock.advance(100)
      // Every 3.5 s somebody comes or goes, at last at another place of each one's interval.
      if (n < 1_000 && n % 70 === 0) presence.come(ana)
      if (n < 1_000 && n % 70 === 35) presence.go(ana)
      connections.forEach((connection, at) => {
        connection.arrive()
        const types = connection.read().map(({ type }) => type)
        if (types.length === 0) return
        longest = Math.max(longest, performance.now() - (heardAt[at] ?? 0))
        heardAt[at] = performance.now()
        if (n < 1_000) expect(types).not.toContain('heartbeat')
        else heartbeats += types.filter((type) => type === 'heartbeat').length
      })
    }
    expect(longest).toBeLessThanOrEqual(10_100)
    expect(heartbeats).toBeGreaterThanOrEqual(10 * 5)
    expect(heartbeats).toBeLessThanOrEqual(10 * 7)
  })

  test('those that came together are not pinged together', async () => {
    const connections = Array.from({ length: 100 }, (_, n) => presence.connect(`session ${n}`))
    await clock.advance(7_500)
    const pinged = connections.filter(({ pings }) => pings === 1).length
    expect(pinged).toBeGreaterThan(20)
    expect(pinged).toBeLessThan(80)
    await clock.advance(3_000)
    expect(connections.filter(({ pings }) => pings === 1)).toHaveLength(100)
  })
})

describe('P6 a process that stood still', () => {
  test('counts no ping as missed, asks all for a sign of life, and says who gave one', async () => {
    const [alive, dead] = [presence.connect('alive'), presence.connect('dead')]
    await clock.advance(12_000)
    expect([alive.pings, dead.pings]).toEqual([1, 1])
    clock.work(60_000)
    await clock.advance(600)
    expect(alive.closeCode).toBeNull()
    expect([alive.pings, dead.pings]).toEqual([2, 2])
    alive.arrive()
    await clock.advance(100)
    expect(presence.answeredIds).toEqual([presence.opened[0]])
    await clock.advance(25_000)
    expect(dead.closeCode).toBe(1006)
  })

  test('does so too when its node has noticed', async () => {
    const connection = presence.connect('one')
    presence.gateway.woke()
    presence.gateway.woke()
    await clock.advance(1)
    expect(connection.pings).toBe(1)
    connection.arrive()
    await clock.advance(60)
    expect(presence.answeredIds).toEqual(presence.opened)
  })

  test('hears of who was slow then, too, at once or later', async () => {
    const [soon, late] = [presence.connect('soon', 10), presence.connect('late', 10)]
    for (const connection of [soon, late]) {
      connection.stall()
      connection.send({ type: 'watch', users: [] })
    }
    presence.gateway.woke()
    await clock.advance(100)
    expect([soon.pings, late.pings]).toEqual([0, 0])
    expect(presence.answeredIds).toEqual([])
    soon.arrive()
    await clock.advance(60)
    expect(presence.answeredIds).toEqual([presence.opened[0]])
    await clock.advance(10_500)
    late.arrive()
    late.resume()
    await clock.advance(9_000)
    expect(presence.answeredIds).toEqual(presence.opened)
  })

  test('gives everybody a whole interval to answer', async () => {
    const connections = Array.from({ length: 10 }, (_, n) => presence.connect(`session ${n}`))
    await clock.advance(14_000)
    presence.gateway.woke()
    await clock.advance(9_900)
    expect(connections.map(({ closeCode }) => closeCode)).toEqual(connections.map(() => null))
    await clock.advance(20_200)
    expect(connections.map(({ closeCode }) => closeCode)).toEqual(connections.map(() => 1006))
  })
})
