import type { UserPresence } from '@rollcall/protocol'
import { describe, expect, test } from 'vitest'

import { OfflineRun } from './offline-run.ts'

const person = (username: string, status: UserPresence['status'] = 'offline'): UserPresence => ({
  id: `id-${username}`,
  username,
  status,
  lastSeenAt: null,
})
const people = (names: string) => names.split('').map((name) => person(name))
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => person(`n${String(from + i).padStart(5, '0')}`))
const names = (run: OfflineRun) => run.people.map(({ username }) => username).join('')

/** From rank 10 on, with more below. */
function run(of: string): OfflineRun {
  const run = new OfflineRun(10)
  run.below(people(of), 'cursor')
  return run
}

describe('a run of those who are offline', () => {
  test('grows at both ends', () => {
    const grown = run('fgh')
    grown.below(people('ij'), null)
    grown.above(people('cdefg'), 7, 'cursor')
    expect([grown.start, names(grown), grown.next]).toEqual([7, 'cdefghij', null])
  })

  test('begins anew where a page above does not reach it', () => {
    const torn = run('fgh')
    torn.above(people('abc'), 5, 'after-c')
    expect([torn.start, names(torn), torn.next]).toEqual([5, 'abc', 'after-c'])
  })

  test('lets go of the far end when it gets long', () => {
    const long = new OfflineRun(1_000)
    long.below(numbered(1_000, 1_350), 'cursor')
    long.below(numbered(1_350, 1_450), 'next')
    expect([long.start, long.people.length, long.next]).toEqual([1_050, 400, 'next'])
    long.above(numbered(950, 1_060), 950, 'cursor')
    expect([long.start, long.people.length, long.next]).toEqual([950, 400, undefined])
  })

  test('takes in who goes within it, and knows of who goes before it', () => {
    const changed = run('bdf')
    changed.left(person('c'))
    changed.left(person('a'))
    changed.left(person('z'))
    expect([changed.start, names(changed)]).toEqual([11, 'bcdf'])
    changed.below([], null)
    changed.left(person('z'))
    expect(names(changed)).toBe('bcdfz')
  })

  test('loses who comes, and knows of who comes from before it', () => {
    const changed = run('bcd')
    changed.came(person('c', 'online'))
    changed.came(person('a', 'online'))
    expect([changed.start, names(changed)]).toEqual([9, 'bd'])
  })

  test('at the very beginning takes in whoever sorts first', () => {
    const first = new OfflineRun(0)
    first.below(people('bc'), 'cursor')
    first.left(person('a'))
    expect([first.start, names(first)]).toEqual([0, 'abc'])
  })

  test('drops deleted accounts', () => {
    const changed = run('bcd')
    changed.update('id-c', undefined)
    changed.update('id-unknown', undefined)
    expect(names(changed)).toBe('bd')
  })
})
