import { describe, expect } from 'vitest'

import { byId, people, person } from './store-process.ts'
import type { Rule } from './store-world.ts'

export function readRules(rule: Rule): void {
  describe('log', () => {
    rule('P4 it holds every entry after a place, as it was published', async (world) => {
      const a = await world.join('a')
      const entries = [await a.hold('ann', 'bob'), await a.release('ann'), await a.hold('cat')]
      expect(await a.store.log(world.epoch, 0)).toEqual({ result: 'done', entries })
      expect(await a.store.log(world.epoch, 2)).toEqual({ result: 'done', entries: entries.slice(1) })
      expect(await a.store.log(world.epoch, 4)).toEqual({ result: 'done', entries: [] })
    })

    rule('P4 from a place within an entry it begins with that entry', async (world) => {
      const a = await world.join('a')
      const entries = [await a.hold('ann', 'bob'), await a.hold('cat')]
      expect(await a.store.log(world.epoch, 1)).toEqual({ result: 'done', entries })
    })

    rule('P4 beyond the last entry it is short', async (world) => {
      const a = await world.join('a')
      await a.hold('ann')
      expect(await a.store.log(world.epoch, 2)).toEqual({ result: 'short' })
    })

    rule('P4 of an epoch in which nothing happened it is empty', async (world) => {
      const a = await world.join('a')
      expect(await a.store.log(world.epoch, 0)).toEqual({ result: 'done', entries: [] })
      expect(await a.store.log(world.epoch, 1)).toEqual({ result: 'short' })
    })

    rule('P4 it may be long', async (world) => {
      const a = await world.join('a')
      for (let i = 0; i < 230; i++) await a.hold(`u${i}`)
      const log = await a.store.log(world.epoch, 10)
      expect(log.result === 'done' && log.entries.map(({ first }) => first)).toEqual(
        Array.from({ length: 220 }, (_, i) => 11 + i),
      )
    })

    rule('P4 it forgets the oldest entries, and then says that it is short', async (world) => {
      const a = await world.join('a')
      // An entry counts for one, and its changes too: both are bounded.
      const crowd = Array.from({ length: 500 }, (_, i) => person(`u${i}`))
      for (let i = 0; i < 5; i++) {
        await a.apply({ holds: crowd })
        await a.apply({ releases: crowd.map(({ id }) => id) })
      }
      expect(await a.store.log(world.epoch, 0)).toEqual({ result: 'short' })
      const recent = await a.store.log(world.epoch, 4_500)
      expect(recent.result === 'done' && recent.entries.length).toBe(1)
      // Whole hundreds may be forgotten at a time.
      for (let i = 0; i < 520; i++)
        await a.apply({ notices: [{ kind: 'ended', id: 'ann', session: `${i}` }] })
      expect(await a.store.log(world.epoch, 5_000)).toEqual({ result: 'short' })
      const last = await a.store.log(world.epoch, 5_510)
      expect(last.result === 'done' && last.entries.length).toBe(10)
    })
  })

  describe('snapshot', () => {
    rule('P4 it says who is online, and as of when at least', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await a.hold('ann', 'bob')
      await b.hold('bob', 'cat')
      await a.release('ann', 'bob')
      const snapshot = await a.store.snapshot(world.epoch)
      expect(snapshot).toMatchObject({ result: 'done', seq: 4 })
      expect(snapshot.result === 'done' && byId(snapshot.online)).toEqual(people('bob', 'cat'))
    })

    rule('P4 a snapshot taken while people come and go is right with the log on top', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      const crowd = Array.from({ length: 2_500 }, (_, i) => person(`u${i}`))
      await a.apply({ holds: crowd })
      const moving = (async () => {
        for (let i = 0; i < 60; i++) {
          const some = crowd.slice(i * 37, i * 37 + 60)
          await (i % 2 === 0 ? a.apply({ releases: some.map(({ id }) => id) }) : a.apply({ holds: some }))
        }
      })()
      const snapshots = [
        await b.store.snapshot(world.epoch),
        await b.store.snapshot(world.epoch),
        await b.store.snapshot(world.epoch),
      ]
      await moving
      for (const snapshot of snapshots) {
        const log = snapshot.result === 'done' ? await b.store.log(world.epoch, snapshot.seq) : snapshot
        if (snapshot.result !== 'done' || log.result !== 'done') throw new Error('neither is lost')
        const online = new Map(snapshot.online.map((each) => [each.id, each.name]))
        for (const change of log.entries.flatMap(({ changes }) => changes)) {
          if (change.kind === 'online') online.set(change.id, change.name)
          if (change.kind === 'offline') online.delete(change.id)
        }
        const truth = await b.store.snapshot(world.epoch)
        expect(truth.result === 'done' && byId(truth.online)).toEqual(
          byId([...online].map(([id, each]) => ({ id, name: each }))),
        )
      }
    })
  })
}
