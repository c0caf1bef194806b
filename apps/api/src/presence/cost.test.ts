import { beforeEach, describe, expect, test } from 'vitest'

import type { FakeClock } from './testing/fake-clock.ts'
import type { FakeConnection } from './testing/fake-connection.ts'
import type { FakePresence } from './testing/fake-presence.ts'
import { openFakePresence } from './testing/open-fake-presence.ts'

let clock: FakeClock
let presence: FakePresence

beforeEach(() => {
  ;({ clock, presence } = openFakePresence({ countsMs: 600_000, heartbeatMs: 600_000 }))
})

/** Connections with this watch, after they were answered. */
async function watching(count: number, watch: object): Promise<FakeConnection[]> {
  const connections = Array.from({ length: count }, (_, n) =>
    presence.connect(`${JSON.stringify(watch)} ${n}`),
  )
  for (const connection of connections) connection.send({ type: 'watch', ...watch })
  await clock.advance(1_100)
  for (const connection of connections) connection.writes()
  return connections
}

const framesTo = (connections: FakeConnection[]) =>
  connections.map((connection) => connection.writes().length)

describe('P10 what a change costs', () => {
  test('is one frame a watcher, the same bytes for all of them, and nothing for who does not watch', async () => {
    const [ana, ben] = presence.crowd(2)
    const all = await watching(20, { all: true })
    const users = await watching(20, { users: [ana!.id] })
    const others = await watching(200, { users: [ben!.id], online: { from: 'User 01000', limit: 50 } })
    const silent = Array.from({ length: 200 }, () => presence.connect('silent'))
    for (const connection of silent) connection.writes()
    presence.come(ana!)
    await clock.advance(1_100)
    const toAll = all.flatMap((connection) => connection.writes())
    const toUsers = users.flatMap((connection) => connection.writes())
    expect([toAll.length, toUsers.length]).toEqual([20, 20])
    expect(new Set(toAll).size).toBe(1)
    expect(new Set(toUsers).size).toBe(1)
    expect(framesTo([...others, ...silent]).every((frames) => frames === 0)).toBe(true)
  })

  test('is less than one frame each while many come: a tick gathers', async () => {
    const [watcher] = await watching(1, { all: true })
    const crowd = presence.crowd(1_000)
    for (const person of crowd) {
      presence.come(person)
      await clock.advance(1)
    }
    await clock.advance(100)
    const frames = watcher!.writes()
    expect(frames.length).toBeLessThanOrEqual(25)
    const changes = frames.map((frame) => frame.toString().split('"status":"online"').length - 1)
    expect(changes.reduce((sum, each) => sum + each, 0)).toBe(1_000)
  })

  test('follows what is seen, not how many are online: who looks at fifty hears of those', async () => {
    const crowd = presence.crowd(2_000)
    presence.come(...crowd)
    await clock.advance(100)
    const [watcher] = await watching(1, { users: [], online: { from: 'User 01000', limit: 50 } })
    for (let round = 0; round < 20; round++) {
      const some = crowd.filter((_, n) => n % 20 === round)
      presence.go(...some)
      await clock.advance(60)
      presence.come(...some)
      await clock.advance(60)
    }
    const told = watcher!.writes().reduce((sum, frame) => sum + frame.length, 0)
    // Fifty people went and came once each; two thousand did.
    expect(told).toBeLessThan(50 * 2 * 130 + 40 * 60)
    expect(told).toBeGreaterThan(50 * 2 * 80)
  })
})
