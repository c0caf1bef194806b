import { beforeEach, describe, expect, test } from 'vitest'

import type { FakeClock } from './testing/fake-clock.ts'
import type { FakeConnection } from './testing/fake-connection.ts'
import type { FakePresence } from './testing/fake-presence.ts'
import { openFakePresence } from './testing/open-fake-presence.ts'
import { stall } from './testing/stall.ts'

let clock: FakeClock
let presence: FakePresence

beforeEach(() => {
  ;({ clock, presence } = openFakePresence({ heartbeatMs: 10_000 }))
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
    await stall(slow, presence, clock)
    const storm = () => {
      for (let n = 0; n < 20; n++) presence.connect('storm').send({ type: 'watch', all: true })
    }
    await clock.advance(2_000)
    storm()
    const [ana, ben] = presence.crowd(2)
    presence.come(ana!)
    await clock.advance(60)
    storm()
    slow.resume()
    await clock.advance(300)
    const before = slow.changes().flat()
    expect(before.map(({ id }) => id)).not.toContain(ana!.id)
    presence.come(ben!)
    await clock.advance(1_000)
    const [told, ...more] = slow.changes()
    expect(more).toEqual([])
    expect(told?.map(({ id }) => id)).toEqual(expect.arrayContaining([ana!.id, ben!.id]))
  })

  test('ends: whoever waited for the next flush is told, although nobody came any more', async () => {
    const slow = presence.connect('slow', 4_096)
    slow.send({ type: 'watch', all: true })
    await stall(slow, presence, clock)
    await clock.advance(2_000)
    for (let n = 0; n < 20; n++) presence.connect('storm').send({ type: 'watch', all: true })
    const [ana] = presence.crowd(1)
    presence.come(ana!)
    await clock.advance(60)
    slow.resume()
    await clock.advance(1_100)
    expect(
      slow
        .changes()
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
      if (n % 2 === 1) await clock.advance(15)
      watchers.forEach(read)
    }
    await clock.advance(1_100)
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
