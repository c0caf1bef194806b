import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { END } from './told.ts'
import { Watches } from './watches.ts'
import type { Watching } from './watches.ts'

class Eye {
  watching: Watching<Eye> | null = null
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const seenBy = (watches: Watches<Eye>, id: string, key: string): string[] => {
  const found = new Set<Eye>([...watches.all, ...watches.ofUser(id)])
  for (const stretch of watches.stretchesAt(key)) for (const eye of stretch.watchers) found.add(eye)
  return [...found].map((eye) => eye.name).toSorted()
}

describe('P10 who looks at whom', () => {
  test('finds those who watch all, the user, or a stretch that he is in, and nobody else', () => {
    const watches = new Watches<Eye>()
    const [all, user, inside, outside] = [
      new Eye('all'),
      new Eye('user'),
      new Eye('inside'),
      new Eye('outside'),
    ]
    watches.watchAll(all)
    watches.watchUsers(user, ['id-m', 'id-x'])
    watches.watchStretch(inside, 'c', 'm', 10)
    watches.watchStretch(outside, 'n', END, 10)
    expect(seenBy(watches, 'id-m', 'm')).toEqual(['all', 'inside', 'user'])
    expect(seenBy(watches, 'id-c', 'c')).toEqual(['all', 'inside'])
    expect(seenBy(watches, 'id-x', 'x')).toEqual(['all', 'outside', 'user'])
    expect(seenBy(watches, 'id-b', 'b')).toEqual(['all'])
  })

  test('a watch replaces the one before it, and a deleted account is watched by nobody', () => {
    const watches = new Watches<Eye>()
    const eye = new Eye('eye')
    watches.watchUsers(eye, ['a', 'b'])
    watches.watchStretch(eye, '', 'k', 10)
    watches.watchUsers(eye, ['b'])
    expect(seenBy(watches, 'a', 'a')).toEqual([])
    expect(seenBy(watches, 'b', 'b')).toEqual(['eye'])
    watches.forget('b')
    expect(seenBy(watches, 'b', 'b')).toEqual([])
    watches.watchAll(eye)
    expect(seenBy(watches, 'b', 'b')).toEqual(['eye'])
    watches.unwatch(eye)
    expect(seenBy(watches, 'b', 'b')).toEqual([])
  })

  test('finds exactly who a plain search finds, whatever hundreds of watchers do', () => {
    const letter = fc.integer({ min: 0, max: 400 }).map((n) => String(n).padStart(3, '0'))
    const watch = fc.oneof(
      { weight: 1, arbitrary: fc.constant({ kind: 'all' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'none' as const }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('users' as const),
          ids: fc.array(letter, { maxLength: 5 }),
        }),
      },
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant('stretch' as const),
          from: fc.option(letter, { nil: '' }),
          to: fc.option(letter, { nil: END }),
          limit: fc.constantFrom(5, 10),
        }),
      },
    )
    const step = fc.record({ eye: fc.nat({ max: 299 }), watch })
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 600, size: 'max' }),
        fc.array(letter, { maxLength: 30 }),
        (steps, probes) => {
          const watches = new Watches<Eye>()
          const eyes = Array.from({ length: 300 }, (_, n) => new Eye(`eye ${n}`))
          const model = new Map<Eye, (key: string) => boolean>()
          for (const { eye: n, watch } of steps) {
            const eye = eyes[n]!
            if (watch.kind === 'all') {
              watches.watchAll(eye)
              model.set(eye, () => true)
            } else if (watch.kind === 'users') {
              watches.watchUsers(eye, watch.ids)
              model.set(eye, (key) => watch.ids.includes(key))
            } else if (watch.kind === 'stretch') {
              watches.watchUsers(eye, [])
              watches.watchStretch(eye, watch.from, watch.to, watch.limit)
              model.set(eye, (key) => watch.from <= key && key <= watch.to)
            } else {
              watches.unwatch(eye)
              model.delete(eye)
            }
          }
          for (const key of probes) {
            const expected = [...model].filter(([, sees]) => sees(key)).map(([eye]) => eye.name)
            expect(seenBy(watches, key, key)).toEqual(expected.toSorted())
            for (const eye of eyes) expect(watches.sees(eye, key, key)).toBe(model.get(eye)?.(key) ?? false)
          }
          for (const eye of eyes) watches.unwatch(eye)
          for (const key of probes) expect(seenBy(watches, key, key)).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('thousands of watchers of one user come and go without a trace', () => {
    const watches = new Watches<Eye>()
    const eyes = Array.from({ length: 2_000 }, (_, n) => new Eye(`eye ${n}`))
    for (const eye of eyes) watches.watchUsers(eye, ['a'])
    expect([...watches.ofUser('a')]).toHaveLength(2_000)
    for (const eye of eyes) watches.unwatch(eye)
    expect([...watches.ofUser('a')]).toEqual([])
  })
})
