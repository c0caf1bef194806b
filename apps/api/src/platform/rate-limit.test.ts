import { expect, it } from 'vitest'

import { createRateLimit } from './rate-limit.ts'

it('gives so many points in a window, says how long to wait, and takes none beyond them', async () => {
  const limit = createRateLimit({ name: 'test', points: 2, seconds: 60, redis: null })
  expect(await limit.wait('a')).toBe(0)
  expect([await limit.take('a'), await limit.take('a')]).toEqual([0, 0])
  expect(await limit.wait('a')).toBeGreaterThan(55)
  expect(await limit.take('a')).toBeGreaterThan(55)
  expect(await limit.take('b')).toBe(0)
})

it('gives a point back', async () => {
  const limit = createRateLimit({ name: 'test', points: 1, seconds: 60, redis: null })
  await limit.take('a')
  await limit.giveBack('a')
  expect(await limit.take('a')).toBe(0)
})
