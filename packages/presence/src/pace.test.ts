import { beforeEach, describe, expect, test } from 'vitest'

import { COHORTS } from './cohorts.ts'
import { Pace } from './pace.ts'

let pace: Pace
beforeEach(() => {
  pace = new Pace()
})

/** Changes come all the time, so many a second: how many flushes a second of `seconds`, each of which takes `work` ms. */
function flushesASecond(work: number, seconds: number, rate = 1_000): number {
  const pace = new Pace()
  let flushes = 0
  let told = 0
  for (let now = 0; now < seconds * 1_000; now++) {
    const changes = Math.floor((now / 1_000) * rate) - told
    if (changes === 0 || pace.due(now) > now) continue
    pace.flushed(now, work, changes)
    told += changes
    flushes++
    now += work
  }
  return flushes / seconds
}

describe('the pace of telling', () => {
  test('tells at once when idle', () => {
    expect(pace.due(0)).toBeLessThanOrEqual(0)
    pace.flushed(0, 1, 1)
    expect(pace.due(3)).toBe(6.25)
    expect(pace.due(10)).toBeLessThanOrEqual(10)
  })

  test('gathers for longer the more changes come, and for a moment only when they are few again', () => {
    const gaps: number[] = []
    let now = 0
    for (const changes of [1, 10, 20, 30, 30, 60]) {
      pace.flushed(now, 1, changes)
      gaps.push(pace.due(now) - now)
      now = pace.due(now)
    }
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    expect(gaps[0]).toBe(6.25)
    expect(gaps.at(-1)).toBe(50)
    now += 2_500
    pace.flushed(now, 1, 1)
    expect(pace.due(now) - now).toBe(6.25)
  })

  test('gathers nothing where changes come further apart than it would gather, however close some came before', () => {
    for (let now = 0; now < 20; now++) pace.flushed(now, 1, 4)
    for (let now = 2_000; now < 7_000; now += 100) {
      expect(pace.due(now)).toBeLessThanOrEqual(now)
      pace.flushed(now, 11, 1)
    }
    expect(flushesASecond(11, 10, 10)).toBeCloseTo(10, 0)
    expect(flushesASecond(40, 10, 10)).toBeCloseTo(10, 0)
  })

  test('gathers 50 ms while changes come and telling is cheap, and longer where it is not, but nobody waits more than 130 ms', () => {
    expect(flushesASecond(1, 60)).toBeCloseTo(19.9, 0)
    expect(flushesASecond(8, 60)).toBeCloseTo(9, 0)
    expect(flushesASecond(15, 60)).toBeCloseTo(8.7, 0)
  })

  test('tells one cohort at a time where telling all takes long and much is told, each as often as all before', () => {
    const pace = new Pace()
    const workMs = 40
    const tellings: number[] = []
    for (let now = 0; now < 10_000; now++) {
      if (pace.due(now) > now) continue
      const share = pace.isInTurns(now) ? 1 / COHORTS : 1
      tellings.push(now)
      pace.flushed(now, workMs * share, 10, share)
      now += workMs * share
    }
    expect(pace.isInTurns(10_000)).toBe(true)
    const [first = 0, second = 0] = tellings.slice(-2)
    expect((second - first) * COHORTS).toBeCloseTo(130 - workMs / COHORTS, -1)
    expect(pace.isInTurns(12_000)).toBe(false)
  })

  test('does not take for a telling what only those heard who had waited', () => {
    for (let now = 0; now < 2_000; now += 50) pace.flushed(now, 10, 10)
    for (let now = 2_000; now < 2_500; now += 50) pace.flushed(now, 10, 10, 0)
    expect(pace.isInTurns(2_500)).toBe(false)
  })

  test('tells all at once where little is told, where telling is cheap, and in a storm', () => {
    const busy = new Pace()
    for (let now = 0; now < 2_000; now += 50) busy.flushed(now, 40, 10)
    expect(busy.isInTurns(2_000)).toBe(true)
    for (let n = 0; n < 20; n++) busy.began(2_000)
    expect(busy.isInTurns(2_000)).toBe(false)
    for (let now = 0; now < 2_000; now += 50) pace.flushed(now, 10, 10)
    expect(pace.isInTurns(2_000)).toBe(false)
    for (let now = 3_000; now < 5_000; now += 100) pace.flushed(now, 40, 1)
    expect(pace.isInTurns(5_000)).toBe(false)
  })

  test('waits as long as it is worth for all once so few come that all are told at once again', () => {
    let last = 0
    while (last < 5_000) pace.flushed((last += 50), 24, 1.6)
    expect(pace.isInTurns(last)).toBe(true)
    expect(pace.due(last) - last).toBeCloseTo(16, 0)
    expect(pace.isInTurns(last + 30)).toBe(false)
    expect(pace.due(last + 30) - last).toBeCloseTo(61, 0)
  })

  test('spends half of the time on telling where it is dear, and tells at least once a second', () => {
    const workASecond = 100 * flushesASecond(100, 20)
    expect(workASecond).toBeLessThan(560)
    expect(workASecond).toBeGreaterThan(400)
    expect(flushesASecond(900, 20)).toBeCloseTo(1, 1)
  })

  test('does not make somebody wait at a light load, although telling is dear', () => {
    for (let now = 0; now < 5_000; now += 95) {
      expect(pace.due(now)).toBeLessThanOrEqual(now)
      pace.flushed(now, 45, 1)
    }
  })

  test('tells once a second while many come back to watch, and is itself again a second later', () => {
    pace.flushed(0, 1, 1)
    for (let n = 0; n < 19; n++) pace.began(n)
    expect(pace.isStorm(20)).toBe(false)
    pace.began(20)
    expect(pace.isStorm(20)).toBe(true)
    expect(pace.due(100)).toBe(1_000)
    pace.flushed(1_000, 1, 1)
    for (let n = 0; n < 20; n++) pace.began(1_500)
    expect(pace.due(1_500)).toBe(2_000)
    expect(pace.isStorm(2_600)).toBe(false)
    expect(pace.due(2_600)).toBeLessThanOrEqual(2_600)
  })

  test('counts the stragglers of a storm to it, but not for ever who opens the page after it', () => {
    for (let n = 0; n < 20; n++) pace.began(n)
    let now = 0
    for (; now < 14_900; now += 500) {
      pace.began(now)
      expect(pace.isStorm(now + 400)).toBe(true)
    }
    for (; now < 16_000; now += 500) pace.began(now)
    expect(pace.isStorm(now)).toBe(false)
    for (let n = 0; n < 20; n++) pace.began(20_000)
    pace.began(20_500)
    expect(pace.isStorm(21_400)).toBe(true)
    expect(pace.isStorm(21_500)).toBe(false)
    pace.began(22_000)
    expect(pace.isStorm(22_000)).toBe(true)
  })

  test('waits a little after somebody began to watch, until it is known whether many follow', () => {
    pace.flushed(0, 1, 1)
    pace.began(5)
    expect(pace.due(10)).toBe(150)
    pace.flushed(150, 1, 1)
    expect(pace.due(1_100)).toBeLessThanOrEqual(1_100)
    pace.flushed(1_100, 1, 1)
    expect(pace.due(1_101)).toBeLessThan(1_150)
  })

  test('may hurry for somebody who asks, unless telling is dear or many ask', () => {
    pace.flushed(0, 10, 1)
    expect(pace.mayHurry(0)).toBe(true)
    pace.flushed(0, 45, 1)
    expect(pace.mayHurry(0)).toBe(false)
    expect(pace.mayHurry(20)).toBe(true)
    pace.began(1_000)
    expect(pace.mayHurry(1_000)).toBe(true)
    pace.began(1_001)
    expect(pace.mayHurry(1_002)).toBe(false)
    expect(pace.mayHurry(2_001)).toBe(true)
  })

  test('a few who open the page one after another are no storm', () => {
    for (let n = 0; n < 100; n++) pace.began(n * 100)
    expect(pace.isStorm(10_000)).toBe(false)
  })
})
