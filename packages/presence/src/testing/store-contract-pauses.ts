import { describe, expect } from 'vitest'

import { LONG, SHORT, type Rule } from './store-world.ts'

/** Longer than a lease, and so for several beats. */
const PAUSE_MS = SHORT.leaseMs * 1.5

export function pauseRules(rule: Rule): void {
  describe('when the store stood still', () => {
    rule('P7 nobody beat for more than half a lease: that is nobody’s death', async (world) => {
      const [a, b] = [await world.join('a', SHORT), await world.join('b', SHORT)]
      await world.beatUntilSettled([a, b])
      await a.hold('ann')
      await world.store.advance(PAUSE_MS)
      expect(await b.beat()).toMatchObject({ members: 2, due: [], settled: true })
      expect(await a.beat()).toMatchObject({ result: 'beating', held: 1 })
    })

    rule('P7 the users of the dead are put off, so that who held them too can say so', async (world) => {
      const [a, b, c] = [
        await world.join('a', SHORT),
        await world.join('b', SHORT),
        await world.join('c', SHORT),
      ]
      await world.beatUntilSettled([a, b, c])
      await a.hold('ann')
      await world.beatUntil([b, c], () => b.beaten.members === 2)
      await world.store.advance(PAUSE_MS)
      // A release that was asked for before comes now, and then the first beat.
      expect(await c.store.release(world.epoch, 'a')).toEqual({ result: 'done', entry: null, more: false })
      expect(await c.beat()).toMatchObject({ due: [], online: 1 })
      expect(await c.store.release(world.epoch, 'a')).toEqual({ result: 'done', entry: null, more: false })
      expect(await b.hold('ann')).toBe(null)
      await world.beatUntilDue([b, c], 'a')
    })

    rule(
      'P7 a release from before is refused until two beats after, holds and notices are not',
      async (world) => {
        const [a, b] = [await world.join('a', SHORT), await world.join('b', SHORT)]
        await world.beatUntilSettled([a, b])
        await a.hold('ann')
        await world.store.advance(PAUSE_MS)
        expect(await a.apply({ releases: ['ann'] })).toEqual({ result: 'refused' })
        await b.beat()
        // Two beats of a long lease are a long time.
        await b.beat(LONG)
        expect(await a.apply({ releases: ['ann'] })).toEqual({ result: 'refused' })
        expect(await b.hold('ann')).toBe(null)
        expect(await b.apply({ notices: [{ kind: 'ended', id: 'ann', session: 's' }] })).toMatchObject({
          result: 'done',
        })
        await world.beatUntil([a, b], async () => (await a.apply({ releases: ['ann'] })).result === 'done')
        expect(await b.beat()).toMatchObject({ online: 1, seq: 2 })
      },
    )

    rule('P3 alone, a process need not wait: there is nobody whose hold could come late', async (world) => {
      const a = await world.join('a', SHORT)
      await a.hold('ann')
      await world.store.advance(PAUSE_MS)
      expect(await a.release('ann')).toMatchObject({ changes: [{ kind: 'offline' }] })
    })

    rule('P7 an epoch that was settling begins to settle anew', async (world) => {
      const [a, b] = [await world.join('a', SHORT), await world.join('b', SHORT)]
      await world.store.advance(PAUSE_MS)
      expect(await a.beat()).toMatchObject({ settled: false, due: [] })
      await world.beatUntilSettled([a, b])
    })

    rule('P7 so does one that nobody had joined yet', async (world) => {
      await world.store.advance(PAUSE_MS)
      const a = await world.join('a', SHORT)
      expect(a.beaten).toMatchObject({ settled: false, due: [] })
      await world.beatUntilSettled([a])
    })

    rule('P7 who stays silent is buried a lease later, and his users go after the grace', async (world) => {
      const [a, b] = [await world.join('a', SHORT), await world.join('b', SHORT)]
      await world.beatUntilSettled([a, b])
      await a.hold('ann')
      await world.store.advance(PAUSE_MS)
      const { at } = await b.beat()
      await world.beatUntilDue([b], 'a')
      expect(b.beaten.at - at).toBeGreaterThanOrEqual(SHORT.leaseMs + SHORT.graceMs)
    })

    rule('P3 who comes to a process that was alone does not make it wait', async (world) => {
      const a = await world.join('a', SHORT)
      await a.hold('ann')
      await world.store.advance(PAUSE_MS)
      await a.beat()
      await world.join('b', SHORT)
      expect(await a.release('ann')).toMatchObject({ changes: [{ kind: 'offline' }] })
    })
  })
}
