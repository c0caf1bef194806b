import { expect, test } from 'vitest'

import { tablesOf } from './tables.ts'

const run = (value: number) => ({
  ratios: [{ title: 'ours to theirs', wanted: '≥ 8', value }],
  rows: [
    { name: 'ours', figures: { 'p50, ms': value * 1_000, bytes: NaN } },
    { name: 'theirs', figures: { 'p50, ms': 1 } },
  ],
})

test('ratios come first, and of several runs the median with its range', () => {
  expect(tablesOf([run(9), run(8.126), run(12)]).split('\n')).toEqual([
    '| ratio | wanted | measured |',
    '| --- | ---: | ---: |',
    '| ours to theirs | ≥ 8 | 9 (8.13–12) |',
    '',
    '|  | p50, ms | bytes |',
    '| --- | ---: | ---: |',
    '| ours | 9,000 (8,130–12,000) | – |',
    '| theirs | 1 (1–1) | – |',
  ])
})

test('one run has no range', () => {
  expect(tablesOf([run(9)])).toContain('| ours to theirs | ≥ 8 | 9 |')
})
