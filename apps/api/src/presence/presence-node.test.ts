import { MemoryPresenceStore } from '@rollcall/presence'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'

import { PresenceNode } from './presence-node.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { recordedNode } from './testing/recorded-node.ts'

const ada = { id: 'ada', name: 'Ada' }
const bob = { id: 'bob', name: 'Bob' }
const silent = { info: () => {}, warn: () => {} }
const nodes: PresenceNode[] = []

afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
})

interface Heard {
  changed: string[]
  ended: string[]
  directory: string[]
  seen: { id: string; at: number }[]
}

async function startAlone(graceMs = 200): Promise<{ node: PresenceNode; heard: Heard }> {
  let ids = 0
  const store = new MemoryPresenceStore({ now: Date.now, newId: () => `id${++ids}` })
  const heard: Heard = { changed: [], ended: [], directory: [], seen: [] }
  const node = new PresenceNode({
    store,
    leaseMs: 1_200,
    graceMs,
    shared: false,
    log: silent,
    events: {
      changed: (changed) => heard.changed.push(...changed),
      ended: (ended) => heard.ended.push(...ended),
      directory: (changes) => heard.directory.push(...changes.map(({ op, id }) => `${op} ${id}`)),
      freshness: () => {},
      seen: (seen) => heard.seen.push(...seen),
      recheck: () => {},
    },
  })
  nodes.push(node)
  await node.start()
  return { node, heard }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a node alone on the memory store', () => {
  it('P7 is ready and live at once: there is nobody to wait for', async () => {
    const { node } = await startAlone()
    expect(node.state).toBe('ready')
    expect(node.freshness.state).toBe('live')
    expect(node.redis).toBe('unused')
  })

  it('P1 P13 shows who has a socket at once, and until the grace after the last one', async () => {
    const { node, heard } = await startAlone()
    node.open('c1', 's1', ada)
    expect(node.isOnline('ada')).toBe(true)
    expect(node.nameOf('ada')).toBe('Ada')
    expect(node.onlineCount).toBe(1)
    node.open('c2', 's1', ada)
    node.close('c1')
    await until(() => heard.seen.length === 1)
    node.close('c2')
    expect(node.isOnline('ada')).toBe(true)
    await until(() => !node.isOnline('ada'))
    expect(node.lastOffline('ada')).toBe(heard.seen.at(-1)?.at)
    expect([...node.online()]).toEqual([])
  })

  it('P3 sees a grace end when it ends, not at the next beat of a clock', async () => {
    const clock = new FakeClock()
    onTestFinished(() => clock.stop())
    const started = startAlone(4_000)
    await clock.advance(200)
    const { node } = await started
    node.open('c1', 's1', ada)
    await clock.advance(110)
    node.close('c1')
    await clock.advance(3_999)
    expect(node.isOnline('ada')).toBe(true)
    await clock.advance(20)
    expect(node.isOnline('ada')).toBe(false)
  })

  it('P3 a log-out does not wait, and ends the graces that its connections left', async () => {
    const { node, heard } = await startAlone(3_600_000)
    node.open('c1', 's1', ada)
    node.close('c1')
    node.open('c2', 's2', bob)
    node.endSession('ada', 's1')
    node.endSession('bob', 's2')
    expect(heard.ended).toEqual(['s1', 's2'])
    await until(() => node.onlineCount === 0)
    expect(node.connectionsOf('s2')).toBe(0)
  })

  it('P4 tells accounts that come and go once, and never shows a removed one again', async () => {
    const { node, heard } = await startAlone()
    node.added(ada)
    node.open('c1', 's1', ada)
    node.removed(ada)
    expect(node.isOnline('ada')).toBe(false)
    expect(node.onlineCount).toBe(0)
    expect(heard.ended).toEqual(['s1'])
    await until(() => heard.seen.length === 2 || heard.seen.length === 0)
    expect(heard.directory).toEqual(['added ada', 'removed ada'])
  })

  it('P8 alone there is nobody to hand over to: a drain ends as soon as the sockets are closed', async () => {
    const { node } = await startAlone()
    node.open('c1', 's1', ada)
    const spreads: number[] = []
    await node.drain({ closeSockets: async (spreadMs) => void spreads.push(spreadMs) })
    expect(spreads).toEqual([0])
    expect(node.state).toBe('draining')
  })
})

describe('a node among others', () => {
  it('P5 keeps no batch back for longer than its turn, also where time passes while it looks', async () => {
    const clock = new FakeClock()
    onTestFinished(() => clock.stop())
    const store = new MemoryPresenceStore({ now: Date.now, newId: () => 'epoch' })
    const applied: string[] = []
    const apply = store.apply.bind(store)
    store.apply = (batch) => {
      applied.push(...batch.holds.map(({ id }) => id))
      return apply(batch)
    }
    // Between two beats, a minute passes.
    const { node } = recordedNode(store, { leaseMs: 360_000, graceMs: 3_600_000 })
    onTestFinished(() => node.stop())
    void node.start()
    await clock.advance(400_000)
    expect(node.state).toBe('ready')
    clock.lookMs = 1
    for (let n = 0; n < 100; n++) {
      node.open(`first ${n}`, `s1 ${n}`, { id: `first ${n}`, name: 'First' })
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(8 + (n % 20))
      node.open(`second ${n}`, `s2 ${n}`, { id: `second ${n}`, name: 'Second' })
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(100)
      expect(applied).toEqual(expect.arrayContaining([`first ${n}`, `second ${n}`]))
    }
  })
})
