import { describe, expect, it } from 'vitest'

import { Link } from './link.ts'

describe('a link to the store', () => {
  it('P6 beats every sixth of the lease', () => {
    const link = new Link({ leaseMs: 6_000 })
    expect(link.beatIsDue(0)).toBe(true)
    link.beatSent(100)
    expect([link.beatIsDue(1_099), link.beatIsDue(1_100)]).toEqual([false, true])
  })

  it('P7 tries again within a fifth of a second, and never all the time', () => {
    const link = new Link({ leaseMs: 60_000 })
    link.failed(1_000)
    expect([link.up, link.mayTry(1_199), link.mayTry(1_200)]).toEqual([false, false, true])
    const quick = new Link({ leaseMs: 600 })
    quick.failed(1_000)
    expect([quick.mayTry(1_099), quick.mayTry(1_100)]).toEqual([false, true])
  })

  it('P7 is calm two beats after an outage', () => {
    const link = new Link({ leaseMs: 6_000 })
    expect(link.beatAnswered()).toBe(true)
    expect(link.calm).toBe(false)
    expect(link.beatAnswered()).toBe(false)
    expect(link.calm).toBe(true)
    link.failed(0)
    expect(link.calm).toBe(false)
    expect(link.beatAnswered()).toBe(true)
    expect(link.beatAnswered()).toBe(false)
    link.disturbed()
    expect([link.up, link.calm]).toEqual([true, false])
  })

  it('P4 hears nothing when a probe does not come back, and subscribes anew', () => {
    const link = new Link({ leaseMs: 60_000 })
    link.subscribed()
    const first = link.probe('me', 0)
    expect(link.probe('me', 1_999)).toBe(null)
    expect(link.probed(first ?? '')).toBe(true)
    const second = link.probe('me', 2_000)
    expect(second).not.toBe(first)
    expect([link.hears, link.wantsSubscription(3_999)]).toEqual([true, false])
    expect(link.probe('me', 4_000)).not.toBe(null)
    expect([link.hears, link.wantsSubscription(4_000)]).toEqual([false, true])
    expect(link.probed(second ?? '')).toBe(false)
    link.subscribed()
    expect([link.hears, link.wantsSubscription(9_000)]).toEqual([false, false])
    expect(link.probed(link.probe('me', 4_100) ?? '')).toBe(true)
    expect(link.hears).toBe(true)
  })

  it('P6 a probe that could not be heard while the process stood still proves nothing', () => {
    const link = new Link({ leaseMs: 60_000 })
    link.subscribed()
    link.probe('me', 0)
    link.woke()
    link.probe('me', 50_000)
    expect(link.hears).toBe(true)
  })
})
