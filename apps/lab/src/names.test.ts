import { nameFault } from '@rollcall/api'
import { foldName } from '@rollcall/protocol'
import { expect, test } from 'vitest'

import { madeUpNames, seededRandom } from './names.ts'
import { peoples } from './names-of-peoples.ts'

const taken = (count: number, seed = 1) => Array.from(madeUpNames(seededRandom(seed)).take(count))

test('every made-up name could be an account’s', () => {
  expect(taken(20_000).flatMap(({ username }) => nameFault(username) ?? [])).toEqual([])
})

test('every name that a made-up one is put together from fits the rules by itself', () => {
  const parts = peoples.flatMap(({ given, family }) => [...given, ...family])
  expect(parts.filter((part) => nameFault(part) !== null)).toEqual([])
})

test('no two made-up names are the same to the directory', () => {
  const names = taken(20_000)
  expect(new Set(names.map(({ key }) => key)).size).toBe(20_000)
  expect(names.filter(({ username, key }) => foldName(username) !== key)).toEqual([])
})

test('made-up names are of many scripts, none of them of more than half', () => {
  const names = taken(5000)
  const scripts = [
    'Latn',
    'Cyrl',
    'Grek',
    'Arab',
    'Hebr',
    'Deva',
    'Beng',
    'Taml',
    'Thai',
    'Geor',
    'Armn',
    'Ethi',
    'Hang',
    'Hira',
    'Hani',
  ]
  for (const script of scripts) {
    const letters = new RegExp(`\\p{Script=${script}}`, 'u')
    const many = names.filter(({ username }) => letters.test(username)).length
    expect([script, many > 0 && many < 3500]).toEqual([script, true])
  }
})

test('the same seed gives the same names, another gives others', () => {
  expect(taken(100)).toEqual(taken(100))
  expect(taken(100)).not.toEqual(taken(100, 2))
})
