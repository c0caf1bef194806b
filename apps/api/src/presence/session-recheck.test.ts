import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { SessionRecheck } from './session-recheck.ts'

let open: string[]
let alive: Set<string>
let asked: string[][]
let ended: string[]
let isAway: boolean
let failures: number
let recheck: SessionRecheck

beforeEach(() => {
  vi.useFakeTimers()
  open = ['a', 'b']
  alive = new Set(open)
  asked = []
  ended = []
  isAway = false
  failures = 0
  recheck = new SessionRecheck({
    open: () => [...open],
    ended: async (sessions) => {
      asked.push([...sessions])
      const answer = sessions.filter((session) => !alive.has(session))
      await new Promise((resolve) => setTimeout(resolve, 10))
      if (isAway) throw new Error('the database is away')
      return answer
    },
    found: (sessions) => ended.push(...sessions),
    failed: () => failures++,
  })
})
afterEach(() => {
  recheck.stop()
  vi.useRealTimers()
})

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('P11 the sessions of open sockets', () => {
  test('are looked up every thirty seconds in one query, and those that have ended are told', async () => {
    alive.delete('b')
    await advance(29_900)
    expect(asked).toEqual([])
    await advance(200)
    expect(asked).toEqual([['a', 'b']])
    expect(ended).toEqual(['b'])
    open = ['a']
    await advance(30_100)
    expect(asked.at(-1)).toEqual(['a'])
  })

  test('are not ended by a check that cannot be made, which is made again soon', async () => {
    isAway = true
    alive.clear()
    recheck.check()
    await advance(100)
    expect([ended, failures]).toEqual([[], 1])
    isAway = false
    await advance(1_100)
    expect(ended).toEqual(['a', 'b'])
  })

  test('are looked up again after a check that may have begun too early', async () => {
    recheck.check()
    alive.delete('b')
    recheck.check()
    recheck.check()
    await advance(100)
    expect(asked).toHaveLength(2)
    expect(ended).toEqual(['b'])
    await advance(29_000)
    expect(asked).toHaveLength(2)
  })

  test('are asked for in queries of bounded size', async () => {
    open = Array.from({ length: 25_000 }, (_, n) => `session ${n}`)
    recheck.check()
    await advance(100)
    expect(asked.map(({ length }) => length)).toEqual([10_000, 10_000, 5_000])
    expect(ended).toHaveLength(25_000)
  })

  test('are nobody any more after the stop', async () => {
    recheck.check()
    alive.clear()
    recheck.stop()
    await advance(60_000)
    expect(ended).toEqual([])
    expect(asked).toHaveLength(1)
  })
})
