import { expect, test } from 'vitest'

import { directoryTable } from './directory-table.ts'

test('the table puts the sizes side by side, the fewest first, and says the ratio', () => {
  const row = (accounts: number, p50: number) => ({
    accounts,
    request: 'first page',
    p50,
    p99: 9,
    pages: 6.4,
  })
  expect(
    directoryTable([row(10_000, 3), row(100, 2)])
      .split('\n')
      .slice(2),
  ).toEqual([
    '| request | 100 accounts | 10,000 accounts | p50, most to fewest |',
    '| --- | ---: | ---: | ---: |',
    '| first page | 2.00 / 9.00, 6 | 3.00 / 9.00, 6 | 1.50 |',
  ])
})
