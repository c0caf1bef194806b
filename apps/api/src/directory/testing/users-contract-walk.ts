import fc from 'fast-check'
import { describe, expect } from 'vitest'

import type { Rule } from './tested-directory.ts'

export function walkRules(rule: Rule): void {
  describe('walking all pages while accounts come and go', () => {
    const name = fc.stringMatching(/^[a-c]{1,4}$/)
    const happening = fc.oneof(
      fc.record({ kind: fc.constant('sign up' as const), name }),
      fc.record({ kind: fc.constant('delete' as const), name }),
      fc.record({ kind: fc.constant('come' as const), name }),
      fc.record({ kind: fc.constant('go' as const), name }),
    )
    const step = fc.record({
      limit: fc.integer({ min: 1, max: 7 }),
      meanwhile: fc.array(happening, { maxLength: 4 }),
    })

    rule(
      'misses nobody who was there throughout, and shows nobody twice',
      async ({ add, remove, page, online, empty }) => {
        await fc.assert(
          fc
            .asyncProperty(
              fc.uniqueArray(name, { maxLength: 40 }),
              fc.array(step, { minLength: 1, maxLength: 6 }),
              fc.constantFrom(undefined, 'online' as const, 'offline' as const),
              fc.constantFrom('', 'a', 'ab', 'abc'),
              async (all, steps, status, part) => {
                await add(...all)
                for (const one of all.filter((_, index) => index % 2 === 0))
                  online.come({ id: one, name: one })
                const fits = (one: string) =>
                  one.includes(part) &&
                  (status === undefined || online.isOnline(one) === (status === 'online'))
                const throughout = new Set(all.filter(fits))
                const shown: string[] = []
                let after: string | null = ''
                for (let turn = 0; after !== null; turn++) {
                  const { limit, meanwhile } = steps[turn % steps.length] ?? { limit: 7, meanwhile: [] }
                  const answer = await page({ part, status, limit, start: { after } })
                  expect(answer.users.length).toBeLessThanOrEqual(limit)
                  shown.push(...answer.users.map(({ username }) => username))
                  after = answer.next
                  for (const { kind, name } of meanwhile) {
                    throughout.delete(name)
                    if (kind === 'sign up') await add(name)
                    else if (kind === 'delete') await remove(name)
                    else if (kind === 'come') online.come({ id: name, name })
                    else online.go(name)
                  }
                }
                expect(shown).toEqual([...new Set(shown)].toSorted())
                expect([...throughout].filter((one) => !shown.includes(one))).toEqual([])
              },
            )
            .afterEach(async () => {
              for (const { id } of online.slice(0, 1000)) online.go(id)
              await empty()
            }),
          { numRuns: 40 },
        )
      },
    )
  })
}
