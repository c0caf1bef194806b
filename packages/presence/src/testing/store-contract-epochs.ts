import { describe, expect } from 'vitest'

import { LONG, SHORT, type Rule } from './store-world.ts'
import { people } from './store-process.ts'

export function epochRules(rule: Rule): void {
  describe('epochs', () => {
    rule('P4 there is none at first, and the first that begins one wins', async (world) => {
      await world.store.lose()
      const clients = await Promise.all([1, 2, 3].map(() => world.store.client()))
      expect(await clients[0]?.epoch()).toBe(null)
      const begun = await Promise.all(clients.map((client) => client.begin(null)))
      expect(new Set(begun).size).toBe(1)
      expect(await clients[0]?.epoch()).toBe(begun[0])
    })

    rule('P7 who lost an epoch begins another, and who lost it too gets that one', async (world) => {
      const [a, b] = [await world.store.client(), await world.store.client()]
      const next = await a.begin(world.epoch)
      expect(next).not.toBe(world.epoch)
      expect(await b.begin(world.epoch)).toBe(next)
      expect(await b.begin(null)).toBe(next)
      expect(await b.begin('an older one')).toBe(next)
      expect(await b.epoch()).toBe(next)
    })

    rule('P7 whatever is asked of an epoch that is over is answered `lost`', async (world) => {
      const a = await world.join('a')
      await a.hold('ann')
      const over = world.epoch
      const next = await a.store.begin(over)
      for (const gone of [over, 'never was']) {
        const lost = { result: 'lost' }
        expect(await a.store.log(gone, 0)).toEqual(lost)
        expect(await a.store.snapshot(gone)).toEqual(lost)
        expect(await a.store.release(gone, 'a')).toEqual(lost)
        expect(await a.apply({ epoch: gone })).toEqual(lost)
        expect(await a.store.beat({ epoch: gone, incarnation: 'a', joins: true, ...LONG })).toEqual(lost)
        await a.store.leave(gone, 'a')
      }
      expect(await a.store.snapshot(next)).toEqual({ result: 'done', seq: 0, online: [] })
      expect(await a.store.beat({ epoch: next, incarnation: 'a', joins: false, ...LONG })).toEqual({
        result: 'buried',
      })
    })

    rule('P7 a store that forgot everything answers `lost`, and begins anew at 1', async (world) => {
      const a = await world.join('a')
      await a.hold('ann')
      await world.store.lose()
      expect(await a.store.epoch()).toBe(null)
      expect(await a.apply({ holds: people('ann') })).toEqual({ result: 'lost' })
      world.epoch = await a.store.begin(world.epoch)
      const again = await world.join('a')
      expect((await again.hold('ann'))?.first).toBe(1)
    })

    rule('P7 an epoch settles one lease after its birth', async (world) => {
      const a = await world.join('a', LONG)
      expect(a.beaten.settled).toBe(false)
      const b = await world.join('b', SHORT)
      await world.beatUntilSettled([b])
      expect((await b.beat()).settled).toBe(true)
    })
  })
}
