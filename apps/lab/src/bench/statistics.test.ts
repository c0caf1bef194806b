import { expect, test } from 'vitest'

import { Durations, median } from './statistics.ts'

test('the median is the middle one, or between the two in the middle', () => {
  expect(median([9, 1, 2])).toBe(2)
  expect(median([9, 1, 2, 4])).toBe(3)
  expect(median([])).toBeNaN()
})

test('durations say what share of them was how short', () => {
  const durations = new Durations()
  for (let ms = 0; ms < 100; ms++) durations.add(ms)
  expect(durations.quantile(0.5)).toBeCloseTo(49.1)
  expect(durations.quantile(0.99)).toBeCloseTo(98.1)
  durations.add(1e9)
  expect(durations.quantile(1)).toBeCloseTo(10_000.1)
  expect(new Durations().quantile(0.5)).toBeNaN()
})
