import { describe, expect, it } from 'vitest'

import { FreshnessJudge } from './freshness.ts'

describe('freshness', () => {
  it('P13 is stale until it is right, and live from then on', () => {
    const judge = new FreshnessJudge({ beatMs: 1_000, now: 5 })
    expect(judge.verdict).toEqual({ state: 'stale', since: 5 })
    expect(judge.judge(false, 9_000)).toBe(null)
    expect(judge.judge(true, 10_000)).toEqual({ state: 'live', since: 10_000 })
    expect(judge.judge(true, 11_000)).toBe(null)
  })

  it('P13 says stale when it lasts, since the last moment known to be right', () => {
    const judge = new FreshnessJudge({ beatMs: 1_000, now: 0 })
    judge.judge(true, 0)
    judge.confirm(true, 2_000)
    judge.confirm(false, 2_500)
    expect(judge.judge(false, 3_000)).toBe(null)
    expect(judge.judge(false, 3_999)).toBe(null)
    expect(judge.judge(false, 4_000)).toEqual({ state: 'stale', since: 2_000 })
    expect(judge.judge(false, 9_000)).toBe(null)
  })

  it('P13 a short break is no news', () => {
    const judge = new FreshnessJudge({ beatMs: 1_000, now: 0 })
    judge.judge(true, 0)
    expect(judge.judge(false, 100)).toBe(null)
    expect(judge.judge(true, 900)).toBe(null)
    expect(judge.judge(false, 1_000)).toBe(null)
    expect(judge.judge(false, 1_999)).toBe(null)
  })
})
