import { describe, expect } from 'vitest'

import type { Entry, Person } from '../ports.ts'
import { byId, people, person } from './store-process.ts'
import type { Rule } from './store-world.ts'

export function batchRules(rule: Rule): void {
  describe('batches', () => {
    rule(
      'P2 the first process that holds a user, and the last that lets him go, make a change',
      async (world) => {
        const [a, b] = [await world.join('a'), await world.join('b')]
        expect((await a.hold('ann'))?.changes).toEqual([{ kind: 'online', id: 'ann', name: 'Ann' }])
        expect(await b.hold('ann')).toBe(null)
        expect(await a.release('ann')).toBe(null)
        expect((await b.release('ann'))?.changes).toEqual([{ kind: 'offline', id: 'ann', name: 'Ann' }])
      },
    )

    rule('P5 holding twice and releasing twice is holding and releasing', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await a.hold('ann')
      expect(await a.hold('ann')).toBe(null)
      expect(await b.release('ann')).toBe(null)
      expect((await a.beat()).held).toBe(1)
      expect((await a.release('ann'))?.changes).toHaveLength(1)
      expect(await a.release('ann')).toBe(null)
      expect(await a.beat()).toMatchObject({ held: 0, online: 0 })
    })

    rule('P5 a number that is not above the last one is refused, and changes nothing', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      expect(await a.apply({ number: 7, holds: people('ann') })).toMatchObject({ result: 'done' })
      for (const number of [7, 6, 1]) {
        expect(await a.apply({ number, holds: people('bob'), releases: ['ann'] })).toEqual({
          result: 'refused',
        })
      }
      expect(await a.beat()).toMatchObject({ number: 7, seq: 1, online: 1, held: 1 })
      expect(await b.apply({ number: 1, holds: people('bob') })).toMatchObject({ result: 'done' })
      expect(await a.apply({ number: 900_000_000, releases: ['ann'] })).toMatchObject({ result: 'done' })
      expect((await a.beat()).number).toBe(900_000_000)
    })

    rule('P4 holds come first, then releases, then notices, as they stand in the batch', async (world) => {
      const a = await world.join('a')
      await a.hold('cat', 'dan')
      const answer = await a.apply({
        holds: people('bob', 'ann'),
        releases: ['dan', 'cat'],
        notices: [
          { kind: 'ended', id: 'dan', session: 's1' },
          { kind: 'added', id: 'eve', name: 'Eve' },
          { kind: 'removed', id: 'cat', name: 'Cat' },
        ],
      })
      expect(answer).toMatchObject({ result: 'done', entry: { epoch: world.epoch, first: 3 } })
      expect(answer.result === 'done' && answer.entry?.changes).toEqual([
        { kind: 'online', id: 'bob', name: 'Bob' },
        { kind: 'online', id: 'ann', name: 'Ann' },
        { kind: 'offline', id: 'dan', name: 'Dan' },
        { kind: 'offline', id: 'cat', name: 'Cat' },
        { kind: 'ended', id: 'dan', session: 's1' },
        { kind: 'added', id: 'eve', name: 'Eve' },
        { kind: 'removed', id: 'cat', name: 'Cat' },
      ])
      expect((await a.beat()).seq).toBe(9)
    })

    rule('P2 a user named twice in a batch comes once and goes once', async (world) => {
      const a = await world.join('a')
      const twice = await a.apply({ holds: people('ann', 'ann'), releases: ['ann', 'ann'] })
      expect(twice.result === 'done' && twice.entry?.changes.map(({ kind }) => kind)).toEqual([
        'online',
        'offline',
      ])
    })

    rule('an empty batch takes its number and changes nothing', async (world) => {
      const a = await world.join('a')
      expect(await a.apply({ number: 4 })).toEqual({ result: 'done', entry: null })
      expect(await a.beat()).toMatchObject({ number: 4, seq: 0 })
    })

    rule('any character may stand in a name and in an id', async (world) => {
      const a = await world.join('a')
      const odd: Person[] = [
        { id: 'an id', name: 'two\nlines' },
        { id: '"quoted"', name: ' "a\\b\u2028\u0000 ' },
        { id: '日本', name: '🦊 fox' },
        { id: 'empty', name: '' },
      ]
      const came = await a.apply({ holds: odd })
      expect(came.result === 'done' && came.entry?.changes).toEqual(
        odd.map((each) => ({ kind: 'online', ...each })),
      )
      const snapshot = await a.store.snapshot(world.epoch)
      expect(snapshot.result === 'done' && byId(snapshot.online)).toEqual(byId(odd))
      const went = await a.apply({ releases: odd.map(({ id }) => id) })
      expect(went.result === 'done' && went.entry?.changes).toEqual(
        odd.map((each) => ({ kind: 'offline', ...each })),
      )
    })

    rule('a batch may be large', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      const crowd = Array.from({ length: 3_500 }, (_, i) => person(`u${i}`))
      const some = crowd.slice(1_200, 2_700)
      await b.apply({ holds: some })
      const came = await a.apply({ holds: crowd })
      expect(came.result === 'done' && came.entry?.changes.length).toBe(2_000)
      expect(await a.beat()).toMatchObject({ seq: 3_500, online: 3_500, held: 3_500 })
      const went = await a.apply({ releases: crowd.map(({ id }) => id) })
      expect(went.result === 'done' && went.entry).toMatchObject({ first: 3_501 })
      expect(went.result === 'done' && went.entry?.changes.length).toBe(2_000)
      expect(await a.beat()).toMatchObject({ seq: 5_500, online: 1_500, held: 0 })
    })

    rule(
      'P4 what processes do at the same time has one order without a gap, and everybody hears it',
      async (world) => {
        const processes = await Promise.all([world.join('a'), world.join('b'), world.join('c')] as const)
        await Promise.all(
          processes.map(async (each) => {
            for (let i = 0; i < 40; i++) {
              if (i % 3 === 2) await each.release(`u${i % 5}`)
              else await each.hold(`u${i % 5}`, `${each.incarnation}${i}`)
            }
          }),
        )
        const [one] = processes
        const { seq } = await one.beat()
        for (const each of processes) {
          await world.until(() => each.lastHeard === seq)
          expect(each.heard[0]?.first).toBe(1)
          expect(each.heard.slice(1).map(({ first }) => first)).toEqual(each.heard.slice(0, -1).map(endOf))
          expect(each.heard).toEqual(one.heard)
        }
        const log = await one.store.log(world.epoch, 0)
        expect(log).toEqual({ result: 'done', entries: one.heard })
      },
    )
  })

  describe('what is published', () => {
    rule('P4 every process hears what a batch was answered, its own too, until it closes', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      const first = await a.hold('ann')
      await world.until(() => a.heard.length + b.heard.length === 2)
      expect([...a.heard, ...b.heard]).toEqual([first, first])
      await b.store.close()
      const second = await a.release('ann')
      await world.until(() => a.heard.length === 2)
      expect(a.heard).toEqual([first, second])
      expect(b.heard).toEqual([first])
    })

    rule('P7 a probe comes back to who published it', async (world) => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await a.store.probe('one')
      await b.store.probe('two')
      await world.until(() => a.probes.includes('one'))
      await world.until(() => b.probes.includes('two'))
    })

    rule('a subscription says that it stands', async (world) => {
      const a = await world.join('a')
      await world.until(() => a.links.length > 0)
      expect(a.links).toEqual(['subscribed'])
    })
  })
}

function endOf(entry: Entry): number {
  return entry.first + entry.changes.length
}
