import { expect, test } from 'vitest'

import { seeded } from './random.ts'

test('a seed repeats its numbers, which are from 0 up to 1 and evenly spread', () => {
  const [one, again, other] = [seeded(7), seeded(7), seeded(8)]
  const numbers = Array.from({ length: 10_000 }, one)
  expect(Array.from({ length: 10_000 }, again)).toEqual(numbers)
  expect(other()).not.toBe(numbers[0])
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  const mean = numbers.reduce((sum, number) => sum + number) / numbers.length
  expect(mean).toBeCloseTo(0.5, 1)
})
