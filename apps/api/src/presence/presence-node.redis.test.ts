import type { Person } from '@rollcall/presence'
import { describe, it } from 'vitest'

import { GRACE_MS, inHouse, LEASE_MS } from './testing/redis-house.ts'
import { until } from './testing/until.ts'

const ada: Person = { id: 'ada', name: 'Ada' }
const bob: Person = { id: 'bob', name: 'Bob' }

describe.concurrent('several nodes on one Redis', () => {
  it(
    'P1 P2 P13 show who is on any of them, and tell first in and last out only',
    inHouse(async (house, expect) => {
      const [a, b] = await house.startThree()
      a.node.open('a1', 's1', ada)
      expect(a.node.isOnline('ada')).toBe(true)
      await until(() => b.node.isOnline('ada'))
      expect(b.node.nameOf('ada')).toBe('Ada')
      b.node.open('b1', 's2', ada)
      a.node.close('a1')
      a.node.open('a2', 's3', bob)
      await until(() => b.node.isOnline('bob'))
      a.node.close('a2')
      await until(() => !b.node.isOnline('bob') && !a.node.isOnline('bob'))
      expect(b.node.lastOffline('bob')).toBe(a.node.lastOffline('bob'))
      expect([a.told, b.told]).toEqual([
        ['+ada', '+bob', '-bob'],
        ['+ada', '+bob', '-bob'],
      ])
      await until(() => a.seen.length + b.seen.length === 3)
      expect([...a.seen, ...b.seen].toSorted((x, y) => x.localeCompare(y))).toEqual(['ada', 'bob', 'bob'])
    }),
  )

  it(
    'P3 P11 end a session everywhere at once, graces that it left included',
    inHouse(async (house) => {
      const [a, b] = await house.startThree(3_600_000)
      a.node.open('a1', 's1', ada)
      b.node.open('b1', 's1', ada)
      await until(() => a.node.isOnline('ada') && b.node.isOnline('ada'))
      b.node.close('b1')
      a.node.endSession('ada', 's1')
      await until(() => b.ended.includes('s1') && !a.node.isOnline('ada') && !b.node.isOnline('ada'))
    }),
  )

  it(
    'P4 hear of accounts that come and go, once, even where the entry gets lost',
    inHouse(async (house, expect) => {
      const [a, b] = await house.startThree()
      b.store.loses = ({ changes }) => changes.some(({ kind }) => kind === 'added')
      a.node.added(ada)
      await until(() => b.directory.length > 0)
      a.node.removed(ada)
      await until(() => b.directory.length > 1)
      expect([a.directory, b.directory]).toEqual([
        ['added ada', 'removed ada'],
        ['added ada', 'removed ada'],
      ])
    }),
  )

  it(
    'P6 release whom a dead process held when lease and grace are over, but for who came back elsewhere',
    inHouse(async (house, expect) => {
      const [a, b, c] = await house.startThree()
      a.node.open('a1', 's1', ada)
      a.node.open('a2', 's2', bob)
      await until(() => b.node.onlineCount === 2)
      const diedAt = performance.now()
      await a.node.stop()
      b.node.open('b1', 's2', bob)
      await until(() => !b.node.isOnline('ada'))
      expect(performance.now() - diedAt).toBeGreaterThan(LEASE_MS * (5 / 6))
      expect(b.told.filter((told) => told.startsWith('-'))).toEqual(['-ada'])
      // Whichever of them released her writes it down.
      await until(() => [...b.seen, ...c.seen].includes('ada'))
    }),
  )

  it(
    'P6 a process that was cut off comes back as another, and holds whom it held',
    inHouse(async (house, expect) => {
      const [a, b] = await house.startThree()
      a.node.open('a1', 's1', ada)
      a.node.open('a2', 's2', bob)
      await until(() => b.node.onlineCount === 2)
      a.store.cut = true
      await until(() => b.node.onlineCount === 0)
      await until(() => a.node.freshness.state === 'stale')
      expect(a.node.redis).toBe('down')
      expect(a.told).toEqual(['+ada', '+bob'])
      a.store.cut = false
      await until(() => b.node.onlineCount === 2 && a.node.freshness.state === 'live')
      expect(a.rechecks).toBeGreaterThan(0)
      expect([a.wakes, a.told]).toEqual([0, ['+ada', '+bob']])
    }),
  )

  it(
    'P7 survive a Redis that forgets everything: nobody is seen to leave',
    inHouse(async (house, expect) => {
      const [a, b] = await house.startThree()
      a.node.open('a1', 's1', ada)
      b.node.open('b1', 's2', bob)
      await until(() => a.node.onlineCount === 2 && b.node.onlineCount === 2)
      const rechecks = [a.rechecks, b.rechecks]
      await house.admin.flushall()
      await until(() => a.freshness.at(-1) === 'stale' && b.freshness.at(-1) === 'stale')
      b.node.close('b1')
      await until(() => a.freshness.at(-1) === 'live' && b.freshness.at(-1) === 'live')
      await until(() => !a.node.isOnline('bob') && !b.node.isOnline('bob'))
      expect(a.told.slice(2)).toEqual(['-bob'])
      expect(b.told.slice(2)).toEqual(['-bob'])
      expect(a.rechecks).toBeGreaterThan(rechecks[0] ?? 0)
      expect(b.rechecks).toBeGreaterThan(rechecks[1] ?? 0)
    }),
  )

  it(
    'P7 survive a Redis that stands still for longer than lease and grace',
    inHouse(async (house, expect) => {
      const [a, b] = await house.startThree()
      a.node.open('a1', 's1', ada)
      await until(() => b.node.isOnline('ada'))
      house.freeze()
      try {
        await until(() => a.freshness.at(-1) === 'stale' && b.freshness.at(-1) === 'stale')
        b.node.open('b1', 's2', bob)
        expect(b.node.isOnline('bob')).toBe(true)
        await new Promise((resolve) => setTimeout(resolve, LEASE_MS + GRACE_MS))
      } finally {
        house.thaw()
      }
      await until(() => a.freshness.at(-1) === 'live' && b.freshness.at(-1) === 'live')
      await until(() => a.node.isOnline('bob'))
      expect([a.told, b.told]).toEqual([
        ['+ada', '+bob'],
        ['+ada', '+bob'],
      ])
    }),
  )

  it(
    'P4 read the log when the subscription was cut or has fallen silent',
    inHouse(async (house) => {
      const [a, b] = await house.startThree()
      await house.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      a.node.open('a1', 's1', ada)
      await until(() => b.node.isOnline('ada'))
      b.store.loses = () => true
      a.node.open('a2', 's2', bob)
      await until(() => b.node.isOnline('bob'))
    }),
  )

  it(
    'P8 hand over: who returns in time is not seen to leave, and who does not, leaves when the hand-over ends',
    inHouse(async (house, expect) => {
      const [a, b, c] = await house.startThree()
      a.node.open('a1', 's1', ada)
      a.node.open('a2', 's2', bob)
      await until(() => c.node.onlineCount === 2)
      const closedAt = performance.now()
      const drained = a.node.drain({
        closeSockets: async () => {
          a.node.close('a1')
          a.node.close('a2')
        },
      })
      expect(a.node.state).toBe('draining')
      b.node.open('b1', 's1', ada)
      await drained
      await until(() => !c.node.isOnline('bob'))
      expect(performance.now() - closedAt).toBeGreaterThanOrEqual(LEASE_MS)
      expect(c.told.filter((told) => told.startsWith('-'))).toEqual(['-bob'])
      expect(a.store.asked).toContain('leave')
    }),
  )

  it(
    'P8 leave in time without a good-bye when Redis is away',
    inHouse(async (house, expect) => {
      const [a] = await house.startThree()
      a.node.open('a1', 's1', ada)
      a.store.cut = true
      await a.node.drain({ closeSockets: async () => a.node.close('a1') })
      expect(a.node.state).toBe('draining')
    }),
  )

  it(
    'P7 a process that starts alone on an empty Redis waits one lease before it says who is online',
    inHouse(async (house, expect) => {
      const process = await house.start()
      expect(process.node.state).toBe('starting')
      await process.node.ready
      expect(process.node.state).toBe('ready')
    }),
  )
})
