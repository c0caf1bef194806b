import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { SortedPeople } from './sorted-people.ts'
import type { Listed } from './sorted-people.ts'

const person = (n: number): Listed => {
  const key = `name ${String(n).padStart(6, '0')}`
  return { id: `id ${n}`, name: key.toUpperCase(), key }
}

describe('people in name order', () => {
  test('have ranks that are those of a sorted array, whoever comes and goes', () => {
    const step = fc.record({ add: fc.boolean(), n: fc.nat({ max: 3_000 }), times: fc.nat({ max: 400 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat({ max: 3_500 }), (steps, probe) => {
        const people = new SortedPeople()
        const model = new Map<string, Listed>()
        for (const { add, n, times } of steps) {
          for (let i = n; i <= n + times; i++) {
            const one = person(i)
            if (add && !model.has(one.id)) {
              people.add(one)
              model.set(one.id, one)
            } else if (!add) {
              expect(people.delete(one)).toBe(model.delete(one.id))
            }
          }
        }
        const sorted = [...model.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
        const { key } = person(probe)
        const rank = sorted.filter((p) => p.key < key).length
        expect(people.size).toBe(sorted.length)
        expect(people.slice(0, Infinity)).toEqual(sorted)
        expect(people.rankOf(key)).toBe(rank)
        expect(people.at(probe)).toEqual(sorted[probe])
        expect(people.slice(probe, 700)).toEqual(sorted.slice(probe, probe + 700))
        const behind = sorted.filter((p) => p.key > key)
        expect(people.after(person(probe), 700)).toEqual(behind.slice(0, 700))
      }),
      { numRuns: 150 },
    )
  })

  test('of one key are kept apart by id', () => {
    const people = new SortedPeople()
    const [a, b] = [
      { id: 'a', name: 'Ana', key: 'ana' },
      { id: 'b', name: 'ana', key: 'ana' },
    ]
    people.add(b)
    people.add(a)
    expect(people.after(a, 5)).toEqual([b])
    expect(people.delete(a)).toBe(true)
    expect(people.delete(a)).toBe(false)
    expect(people.slice(0, 5)).toEqual([b])
  })

  test('stay in few chunks when thousands have left', () => {
    const people = new SortedPeople()
    for (let n = 0; n < 20_000; n++) people.add(person(n))
    for (let n = 0; n < 20_000; n++) if (n % 100 !== 0) people.delete(person(n))
    expect(people.size).toBe(200)
    expect(people.rankOf(person(10_000).key)).toBe(100)
    expect(people.at(199)).toEqual(person(19_900))
  })
})
