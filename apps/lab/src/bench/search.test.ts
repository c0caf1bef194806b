import { expect, test } from 'vitest'

import { highest } from './search.ts'

async function found(limit: number, first: number, tries = 20, most = 1_000) {
  const tried: number[] = []
  const best = await highest({
    first,
    most,
    tries,
    attempt: async (value) => {
      tried.push(value)
      return value <= limit ? value : null
    },
  })
  return { best, tried }
}

test.each([5, 100, 333])('finds a limit of %d from above and from below', async (limit) => {
  for (const first of [20, 300]) {
    // oxlint-disable-next-line no-await-in-loop
    const { best } = await found(limit, first)
    expect(best).toBeLessThanOrEqual(limit)
    expect(best).toBeGreaterThan(limit / 1.06)
  }
})

test('ends at the most, and after its tries', async () => {
  expect(await found(5_000, 100)).toMatchObject({ best: 1_000 })
  const { best, tried } = await found(0, 100, 4)
  expect([best, tried.length]).toEqual([null, 4])
})
