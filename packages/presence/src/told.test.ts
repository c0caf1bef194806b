import { describe, expect, test } from 'vitest'

import { END, Told } from './told.ts'

const keyOf = (name: string) => name.toLowerCase()
const names = (count: number) => Array.from({ length: count }, (_, n) => `U${String(n).padStart(3, '0')}`)

function toldOf(all: string[]): Told {
  const told = new Told({ keyOf })
  for (const name of all) told.come({ id: `id-${name}`, name })
  return told
}

describe('P14 who was told to be online', () => {
  test('a stretch from the very beginning has no first name, so that a newcomer who sorts first is inside', () => {
    const found = toldOf(names(5)).find(null, 3)
    expect(found).toMatchObject({ from: null, fromKey: '', to: 'U002', toKey: 'u002', before: 0 })
    expect(found.people.map((p) => p.name)).toEqual(['U000', 'U001', 'U002'])
    expect(toldOf(names(5)).find(0, 3)).toEqual(found)
  })

  test('a stretch that reaches the end of the list has no last name', () => {
    expect(toldOf(names(5)).find(2, 3)).toMatchObject({ from: 'U002', to: null, toKey: END, before: 2 })
    expect(toldOf(names(5)).find(2, 2)).toMatchObject({ from: 'U002', to: 'U003', before: 2 })
  })

  test('a stretch begins at the name that was asked for, also where nobody has it', () => {
    const found = toldOf(names(5)).find('u0015', 2)
    expect(found).toMatchObject({ from: 'u0015', to: 'U003', before: 2 })
    expect(toldOf(names(5)).find('zoe', 2)).toMatchObject({ from: 'zoe', to: null, before: 5, people: [] })
  })

  test('a rank behind the last one is the last one', () => {
    expect(toldOf(names(5)).find(99, 2)).toMatchObject({ from: 'U004', to: null, before: 4 })
    expect(toldOf([]).find(7, 2)).toMatchObject({ from: null, to: null, before: 0, people: [] })
  })

  test('counts between two names, both inside, up to both ends of the list', () => {
    const told = toldOf(names(10))
    expect(told.countBetween('u002', 'u004')).toBe(3)
    expect(told.countBetween('', 'u0035')).toBe(4)
    expect(told.countBetween('u008', END)).toBe(2)
    told.go('id-U003')
    expect(told.countBetween('u002', 'u004')).toBe(2)
    expect(told.go('id-U003')).toBeUndefined()
  })
})
