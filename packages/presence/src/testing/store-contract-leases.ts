import { describe, expect } from 'vitest'

import type { Change } from '../ports.ts'
import { people, person, Process } from './store-process.ts'
import { LONG, SHORT, type Rule } from './store-world.ts'

export function leaseRules(rule: Rule): void {
  describe('leases', () => {
    rule('P6 the first beat joins; who is not known is buried', async (world) => {
      const a = await world.join('a')
      const stranger = new Process({ store: a.store, epoch: world.epoch, incarnation: 'stranger', ...LONG })
      expect(await stranger.apply({ holds: people('ann') })).toEqual({ result: 'buried' })
      expect(await stranger.store.beat(stranger.beatOf({ joins: false }))).toEqual({ result: 'buried' })
      expect(await stranger.store.beat(stranger.beatOf({ joins: true }))).toMatchObject({
        result: 'beating',
        members: 2,
      })
      expect(await stranger.apply({ holds: people('ann') })).toMatchObject({ result: 'done' })
    })

    rule('P5 a first beat that is repeated after a time-out keeps what was done since', async (world) => {
      const a = await world.join('a')
      await a.hold('ann')
      expect(await a.store.beat(a.beatOf({ joins: true }))).toMatchObject({
        result: 'beating',
        number: 1,
        held: 1,
      })
    })

    rule('a beat says how things stand', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await a.hold('ann', 'bob')
      await b.hold('bob', 'cat')
      await b.release('cat')
      expect(await a.beat()).toMatchObject({ seq: 4, online: 2, number: 1, held: 2, members: 2, due: [] })
      expect(await b.beat()).toMatchObject({ seq: 4, online: 2, number: 2, held: 1, members: 2, due: [] })
      expect(a.beaten.at).toBeGreaterThan(0)
    })

    rule('P6 a silent process is marked first, and its users go after the grace, once', async (world) => {
      const [a, b, c] = [
        await world.join('a', SHORT),
        await world.join('b', SHORT),
        await world.join('c', SHORT),
      ]
      await world.beatUntilSettled([a, b, c])
      await a.hold('ann', 'bob')
      await b.hold('bob')
      await world.beatUntil([b, c], async () => (await a.apply({})).result === 'buried')
      expect(await a.store.beat(a.beatOf({ joins: true }))).toEqual({ result: 'buried' })
      await world.beatUntilDue([b, c], 'a')
      expect(b.beaten).toMatchObject({ members: 2 })
      const told: Change[] = []
      // Where this machine itself stood still, they are not due any more, and later beats say when they are.
      await world.beatUntil([b, c], async () => {
        for (const answer of await Promise.all(
          [b, c, b].map(({ store }) => store.release(world.epoch, 'a')),
        )) {
          if (answer.result === 'done') told.push(...(answer.entry?.changes ?? []))
        }
        return told.length > 0
      })
      expect(told).toEqual([{ kind: 'offline', id: 'ann', name: 'Ann' }])
      expect((await b.beat()).due).toEqual([])
      expect(await b.store.release(world.epoch, 'a')).toEqual({ result: 'done', entry: null, more: false })
    })

    rule('P6 users of the dead are released in bounded steps', async (world) => {
      const [a, b] = [await world.join('a', SHORT), await world.join('b', SHORT)]
      await world.beatUntilSettled([a, b])
      const crowd = Array.from({ length: 2_300 }, (_, i) => person(`u${i}`))
      await a.apply({ holds: crowd })
      const before = (await b.beat()).seq
      const steps: number[] = []
      await world.beatUntil([b], async () => {
        if (!b.beaten.due.includes('a')) return false
        const answer = await b.store.release(world.epoch, 'a')
        if (answer.result === 'done' && answer.entry !== null) steps.push(answer.entry.changes.length)
        return answer.result === 'done' && answer.entry !== null && !answer.more
      })
      expect(Math.max(...steps)).toBeLessThanOrEqual(1_000)
      expect(await b.beat()).toMatchObject({ seq: before + 2_300, online: 0, due: [] })
    })

    rule('P6 a user who came back through another process meanwhile is not told', async (world) => {
      const [a, b] = [await world.join('a', SHORT), await world.join('b', SHORT)]
      await world.beatUntilSettled([a, b])
      await a.hold('ann')
      await world.beatUntilDue([b], 'a')
      expect(await b.hold('ann')).toBe(null)
      await world.beatUntil([b], async () => {
        expect(await b.store.release(world.epoch, 'a')).toEqual({ result: 'done', entry: null, more: false })
        return !(await b.beat()).due.includes('a')
      })
      expect(await b.beat()).toMatchObject({ online: 1, seq: 1 })
    })

    rule(
      'P6 nothing of a buried incarnation counts ever after, and a new one begins afresh',
      async (world) => {
        const [a, b] = [await world.join('a', SHORT), await world.join('b', SHORT)]
        await world.beatUntilSettled([a, b])
        await a.hold('ann')
        await world.beatUntil([b], async () => {
          if (b.beaten.due.includes('a')) await b.store.release(world.epoch, 'a')
          return (await b.beat()).online === 0
        })
        expect(await a.store.beat(a.beatOf({ joins: true }))).toEqual({ result: 'buried' })
        expect(await a.apply({ holds: people('ann') })).toEqual({ result: 'buried' })
        const again = await world.join('a2', SHORT)
        expect(again.beaten).toMatchObject({ number: 0, held: 0, members: 2 })
        expect(await again.hold('ann')).not.toBe(null)
      },
    )

    rule('P6 who lives is not released, nor who is buried and not due', async (world) => {
      const [a, b] = [
        await world.join('a', SHORT),
        await world.join('b', { leaseMs: SHORT.leaseMs, graceMs: LONG.graceMs }),
      ]
      await world.beatUntilSettled([a, b])
      await a.hold('ann')
      const nothing = { result: 'done', entry: null, more: false }
      expect(await b.store.release(world.epoch, 'a')).toEqual(nothing)
      await world.beatUntil([b], () => b.beaten.members === 1)
      expect(b.beaten).toMatchObject({ due: [], online: 1 })
      expect(await b.store.release(world.epoch, 'a')).toEqual(nothing)
      expect(await b.beat()).toMatchObject({ online: 1 })
    })

    rule('P7 nobody is buried while the epoch settles', async (world) => {
      const [a, b] = [await world.join('a', SHORT), await world.join('b', LONG)]
      await world.store.advance(SHORT.leaseMs * 2)
      expect(await b.beat()).toMatchObject({ settled: false, members: 2, due: [] })
      expect(await a.beat()).toMatchObject({ result: 'beating' })
    })

    rule('P8 who holds nobody leaves, and is not known any more', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await a.hold('ann')
      await a.store.leave(world.epoch, 'a')
      expect(await b.beat()).toMatchObject({ members: 2, online: 1 })
      await a.release('ann')
      await a.store.leave(world.epoch, 'a')
      expect(await b.beat()).toMatchObject({ members: 1, online: 0 })
      expect(await a.apply({ holds: people('ann') })).toEqual({ result: 'buried' })
      expect(await a.store.beat(a.beatOf({ joins: true }))).toEqual({ result: 'buried' })
    })
  })
}
