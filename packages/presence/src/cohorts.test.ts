import { expect, test } from 'vitest'

import { Cohorts } from './cohorts.ts'

const of = (...cohorts: number[]) => new Set(cohorts)

test('P9 cohorts are told in turn, each what it has not been told', () => {
  const cohorts = new Cohorts()
  expect(cohorts.next(0)).toEqual([])
  expect(cohorts.next(1)).toEqual([{ version: 0, cohorts: of(0) }])
  expect(cohorts.next(2)).toEqual([{ version: 0, cohorts: of(1) }])
  expect(cohorts.next(2)).toEqual([{ version: 0, cohorts: of(2) }])
  expect(cohorts.next(3)).toEqual([{ version: 0, cohorts: of(3) }])
  expect(cohorts.next(3)).toEqual([{ version: 1, cohorts: of(0) }])
  expect(cohorts.isLevel(3)).toBe(false)
})

test('P9 all are told at once, those together that have been told the same', () => {
  const cohorts = new Cohorts()
  cohorts.next(1)
  cohorts.next(2)
  expect(cohorts.all(2)).toEqual([
    { version: 1, cohorts: of(0) },
    { version: 0, cohorts: of(2, 3) },
  ])
  expect(cohorts.isLevel(2)).toBe(true)
  expect(cohorts.all(2)).toEqual([])
  expect(cohorts.all(3)).toEqual([{ version: 2, cohorts: of(0, 1, 2, 3) }])
})
