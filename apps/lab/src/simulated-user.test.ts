import type { Watching } from '@rollcall/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { SimulatedUser } from './simulated-user.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** The connection of a user whose chances are all the same. */
function setUp(chance: number) {
  const said: string[] = []
  const connection = {
    on: () => () => {},
    watch: (watching: Watching) => void said.push('online' in watching ? 'watch' : 'watch nothing'),
    start: () => void said.push('start'),
    stop: () => void said.push('stop'),
  }
  const user = new SimulatedUser({
    connection,
    random: () => chance,
    stayMs: 30_000,
    awayMs: 15_000,
    scrollMs: 5_000,
  })
  return { user, said }
}

test('he comes, looks here and there, goes, and comes again', () => {
  const { user, said } = setUp(0.5)
  user.begin()
  expect(said).toEqual(['watch', 'start'])
  vi.advanceTimersByTime(20_000)
  expect(user.isThere).toBe(true)
  vi.advanceTimersByTime(5_000)
  expect(user.isThere).toBe(false)
  expect(said.filter((word) => word === 'watch').length).toBeGreaterThan(3)
  vi.advanceTimersByTime(15_000)
  expect(user.isThere).toBe(true)
  expect(said.filter((word) => word === 'start')).toHaveLength(2)
})

test('one who is away at first comes later, and none comes after the end', () => {
  const { user, said } = setUp(0.9)
  user.begin()
  expect(said).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(user.isThere).toBe(true)
  user.end()
  said.splice(0)
  vi.advanceTimersByTime(600_000)
  expect(said).toEqual([])
})
