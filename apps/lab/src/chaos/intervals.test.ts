import { expect, test } from 'vitest'

import { gaps, intersection, union, when } from './intervals.ts'

const of = (...pairs: [number, number][]) => pairs.map(([from, to]) => ({ from, to }))

test('a union joins what touches and drops what is empty', () => {
  expect(union(of([5, 7], [9, 9]), of([1, 2], [2, 3], [6, 8]))).toEqual(of([1, 3], [5, 8]))
})

test('gaps are what is left', () => {
  expect(gaps(of([1, 3], [5, 8]), { from: 0, to: 10 })).toEqual(of([0, 1], [3, 5], [8, 10]))
  expect(gaps(of([1, 3], [5, 8]), { from: 2, to: 6 })).toEqual(of([3, 5]))
  expect(gaps([], { from: 0, to: 1 })).toEqual(of([0, 1]))
})

test('an intersection is in both', () => {
  expect(intersection(of([0, 4], [6, 9]), of([2, 7], [8, 20]))).toEqual(of([2, 4], [6, 7], [8, 9]))
})

test('turns make intervals, and the last one holds', () => {
  const turns = [
    { at: 1, is: true },
    { at: 2, is: true },
    { at: 4, is: false },
    { at: 5, is: false },
    { at: 6, is: true },
  ]
  expect(when(turns, 9)).toEqual(of([1, 4], [6, 9]))
})
