import { describe, expect, test } from 'vitest'

import { ago, clockTime } from './when.ts'

const NOW = new Date(2026, 10, 22, 12, 4, 30).getTime()
const before = (ms: number) => new Date(NOW - ms).toISOString()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('last seen', () => {
  test.each([
    [0, 'just now'],
    [59_999, 'just now'],
    [MINUTE, '1 min ago'],
    [59 * MINUTE, '59 min ago'],
    [HOUR, '1 h ago'],
    [23 * HOUR, '23 h ago'],
    [DAY, 'yesterday'],
    [DAY + 11 * HOUR, 'yesterday'],
    [DAY + 13 * HOUR, '2 days ago'],
    [6 * DAY, '6 days ago'],
    [7 * DAY, 'Nov 15'],
    [400 * DAY, 'Oct 18, 2025'],
  ])('%d ms before now reads “%s”', (passed, expected) => {
    expect(ago(before(passed), NOW)).toBe(expected)
  })

  test('a server clock ahead of ours does not read as the future', () => {
    expect(ago(before(-5 * MINUTE), NOW)).toBe('just now')
  })
})

test('the time that a list is dated with has hours and minutes', () => {
  expect(clockTime(NOW)).toBe('12:04')
  expect(clockTime(new Date(2026, 10, 22, 0, 5).getTime())).toBe('00:05')
})
