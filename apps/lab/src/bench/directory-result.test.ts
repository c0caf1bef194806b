import { expect, test } from 'vitest'

import { directoryResult } from './directory-result.ts'

test('puts the sizes side by side, the fewest first, and says the ratio', () => {
  const row = (accounts: number, p50: number) => ({ accounts, request: 'first page', p50, p99: 9, pages: 6 })
  const { ratios, rows } = directoryResult([row(10_000, 3), row(100, 2)])
  expect(ratios).toEqual([{ title: 'p50 of first page, most accounts to fewest', wanted: '≤ 2', value: 1.5 }])
  expect(rows.map(({ name }) => name)).toEqual(['first page'])
  expect(Object.entries(rows[0]!.figures)).toEqual([
    ['p50 at 100, ms', 2],
    ['p99 at 100, ms', 9],
    ['pages of 8 KiB at 100', 6],
    ['p50 at 10,000, ms', 3],
    ['p99 at 10,000, ms', 9],
    ['pages of 8 KiB at 10,000', 6],
  ])
})
