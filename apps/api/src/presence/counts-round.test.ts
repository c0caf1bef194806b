import { beforeEach, describe, expect, test } from 'vitest'

import { CountsRound } from './counts-round.ts'
import type { FakeClock } from './testing/fake-clock.ts'
import type { FakeConnection } from './testing/fake-connection.ts'
import type { FakePresence } from './testing/fake-presence.ts'
import { openFakePresence } from './testing/open-fake-presence.ts'

let clock: FakeClock
let presence: FakePresence
const headCount = { total: 0 }

const countsOf = (connection: FakeConnection) => connection.read().filter(({ type }) => type === 'counts')

beforeEach(() => {
  headCount.total = 0
  ;({ clock, presence } = openFakePresence({ headCount, heartbeatMs: 600_000, countsMs: 5_000 }))
})

describe('counts alone', () => {
  test('come to everybody after a long rest, too, and once', async () => {
    const connections = Array.from({ length: 30 }, (_, n) => presence.connect(`session ${n}`))
    await clock.advance(60_000)
    for (const connection of connections) connection.read()
    headCount.total = 7
    await clock.advance(7_000)
    for (const connection of connections) {
      expect(countsOf(connection)).toEqual([{ type: 'counts', online: 0, total: 7 }])
    }
    await clock.advance(60_000)
    for (const connection of connections) expect(countsOf(connection)).toEqual([])
  })

  test('mend what somebody was welcomed with during a rest, where all others were told otherwise', async () => {
    presence.connect('one')
    await clock.advance(60_000)
    headCount.total = 1
    const connection = presence.connect('two')
    headCount.total = 0
    connection.read()
    await clock.advance(7_000)
    expect(countsOf(connection)).toEqual([{ type: 'counts', online: 0, total: 0 }])
  })
})

test('nobody is looked at while all have been told', async () => {
  let visits = 0
  let counts = { online: 1, total: 1 }
  const round = new CountsRound({
    everyMs: 5_000,
    counts: () => counts,
    beat: () => 0,
    slot: () => {
      visits++
      return []
    },
  })
  await clock.advance(30_000)
  expect(visits).toBe(20)
  counts = { online: 2, total: 2 }
  await clock.advance(30_000)
  expect(visits).toBe(40)
  round.joined()
  await clock.advance(30_000)
  expect(visits).toBe(60)
  round.stop()
})
