import { describe, expect, test } from 'vitest'

import { MemoryPresenceStore } from './memory-presence-store.ts'
import { storeContract } from './testing/index.ts'
import { Process } from './testing/store-process.ts'

const NOON = 1_700_000_000_000

function clocked(): { store: MemoryPresenceStore; clock: { now: number } } {
  const clock = { now: NOON }
  let ids = 0
  const newId = (): string => `epoch${++ids}`
  return {
    clock,
    store: new MemoryPresenceStore({ now: () => clock.now, newId, logEntries: 300, logChanges: 3_000 }),
  }
}

storeContract('memory', async () => {
  const { store, clock } = clocked()
  return {
    client: async () => store.client(),
    lose: async () => store.lose(),
    advance: async (ms) => void (clock.now += ms),
    close: async () => store.close(),
  }
})

describe('P7 the clock of the store may jump', () => {
  const lease = { leaseMs: 6_000, graceMs: 4_000 }

  /** Two processes in a settled epoch; the second holds Ann. */
  async function settled(): Promise<{ clock: { now: number }; a: Process; b: Process }> {
    const { store, clock } = clocked()
    const epoch = await store.begin(null)
    const a = await Process.join({ store: store.client(), epoch, incarnation: 'a', ...lease })
    const b = await Process.join({ store: store.client(), epoch, incarnation: 'b', ...lease })
    for (let i = 0; i < 7; i++) {
      clock.now += 1_000
      await a.beat()
      await b.beat()
    }
    expect(a.beaten.settled).toBe(true)
    await b.hold('ann')
    return { clock, a, b }
  }

  test.each([3_600_000, -3_600_000])('by %i ms, and nobody dies of it', async (jump) => {
    const { clock, a, b } = await settled()
    clock.now += jump
    expect(await a.beat()).toMatchObject({ members: 2, due: [], settled: true })
    expect(await b.beat()).toMatchObject({ members: 2, held: 1 })
    for (let i = 0; i < 20; i++) {
      clock.now += 1_000
      expect(await a.beat()).toMatchObject({ members: 2, due: [], settled: true, online: 1 })
      await b.beat()
    }
  })

  test.each([3_600_000, -3_600_000])('by %i ms, and who dies then is buried in time', async (jump) => {
    const { clock, a } = await settled()
    clock.now += jump
    const { at } = await a.beat()
    while (!a.beaten.due.includes('b')) {
      clock.now += 1_000
      await a.beat()
    }
    expect(a.beaten.at - at).toBe(lease.leaseMs + lease.graceMs)
  })

  test.each([3_600_000, -3_600_000])(
    'by %i ms, and the users of the dead wait no longer for it',
    async (jump) => {
      const { clock, a } = await settled()
      while (a.beaten.members === 2) {
        clock.now += 1_000
        await a.beat()
      }
      clock.now += jump
      const { at } = await a.beat()
      while (!a.beaten.due.includes('b')) {
        clock.now += 1_000
        await a.beat()
      }
      expect(a.beaten.at - at).toBeGreaterThanOrEqual(lease.leaseMs)
      expect(a.beaten.at - at).toBeLessThanOrEqual(lease.leaseMs + lease.graceMs)
    },
  )

  test('back while an epoch settles, and it settles all the same', async () => {
    const { store, clock } = clocked()
    const epoch = await store.begin(null)
    const a = await Process.join({ store, epoch, incarnation: 'a', ...lease })
    clock.now -= 3_600_000
    expect(await a.beat()).toMatchObject({ settled: false })
    for (let i = 0; i < 6; i++) {
      clock.now += 1_000
      await a.beat()
    }
    expect(a.beaten.settled).toBe(true)
  })
})
