import { describe, expect, it } from 'vitest'

import { GATHER_MS } from './membership.ts'
import { BEAT_MS, Bench, callsOf, GRACE_MS, lastOf, LEASE_MS } from './testing/bench.ts'

describe('a member alone on a store that nobody shares', () => {
  it('P7 is ready and live at once, and beats no more', () => {
    const bench = new Bench()
    const alone = bench.add(false)
    expect([alone.member.state, alone.member.freshness.state]).toEqual(['ready', 'live'])
    bench.pass(5 * LEASE_MS)
    expect(callsOf(alone, 'beat')).toHaveLength(1)
    expect(callsOf(alone, 'probe')).toHaveLength(0)
  })

  it('P2 P3 tells first in and last out, the last after the grace or at the session’s end', () => {
    const bench = new Bench()
    const alone = bench.add(false)
    bench.open(alone, 'c1', 'ada')
    bench.open(alone, 'c2', 'ada')
    bench.close(alone, 'c1')
    bench.close(alone, 'c2')
    bench.pass(GRACE_MS - 100)
    expect(alone.told).toEqual(['+ada'])
    bench.pass(100)
    expect(alone.told).toEqual(['+ada', '-ada'])
    bench.open(alone, 'c3', 'bob', 's')
    alone.member.endSession('bob', 's', bench.clock.now())
    bench.pump()
    expect(alone.told).toEqual(['+ada', '-ada', '+bob', '-bob'])
    expect(alone.ended).toEqual(['s'])
    expect(alone.seen.map(({ id }) => id)).toEqual(['ada', 'ada', 'bob', 'bob'])
    expect(alone.member.shown.offlineAt('bob')).toBe(bench.clock.now())
  })
})

describe('members of one store', () => {
  it('P7 wait for the first epoch to settle before they say who is online', () => {
    const bench = new Bench()
    const first = bench.add()
    bench.pass(LEASE_MS - 100)
    expect([first.member.state, first.member.freshness.state]).toEqual(['starting', 'stale'])
    bench.pass(BEAT_MS + 100)
    expect([first.member.state, first.member.freshness.state]).toEqual(['ready', 'live'])
    const second = bench.add()
    expect(second.member.state).toBe('ready')
  })

  it('P1 P2 add up: only the first in and the last out anywhere are told', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.open(b, 'b1', 'ada')
    bench.close(a, 'a1')
    bench.pass(2 * GRACE_MS)
    expect([a.told, b.told]).toEqual([['+ada'], ['+ada']])
    bench.close(b, 'b1')
    bench.pass(2 * GRACE_MS)
    expect([a.told, b.told]).toEqual([
      ['+ada', '-ada'],
      ['+ada', '-ada'],
    ])
    expect([a.seen.length, b.seen.length]).toEqual([1, 1])
  })

  it('P3 P11 hear of a session’s end in the same step as its user’s going', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada', 's')
    bench.open(b, 'b1', 'ada', 's')
    bench.close(b, 'b1')
    a.member.endSession('ada', 's', bench.clock.now())
    bench.pump()
    expect([a.ended, b.ended]).toEqual([['s'], ['s']])
    expect([a.told, b.told]).toEqual([
      ['+ada', '-ada'],
      ['+ada', '-ada'],
    ])
  })

  it('P4 a removed account is gone at once everywhere, whoever holds it', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada', 's')
    b.member.removed({ id: 'ada', name: 'ADA' }, bench.clock.now())
    expect([b.member.shown.isOnline('ada'), b.member.shown.count]).toEqual([false, 0])
    bench.pump()
    expect(a.ended).toEqual(['s'])
    expect([a.directory, b.directory].map((all) => all.map(({ op }) => op))).toEqual([
      ['removed'],
      ['removed'],
    ])
    expect([a.told, b.told]).toEqual([
      ['+ada', '-ada'],
      ['+ada', '-ada'],
    ])
    bench.open(a, 'a2', 'ada', 's2')
    expect([a.member.shown.isOnline('ada'), [...b.member.shown.people()]]).toEqual([false, []])
  })

  it('P5 have one batch under way at a time, and gather meanwhile', () => {
    const bench = new Bench()
    const [a] = bench.addTwo()
    a.held = []
    bench.open(a, 'a1', 'ada')
    bench.open(a, 'a2', 'bob')
    bench.open(a, 'a3', 'cleo')
    expect(callsOf(a, 'apply')).toHaveLength(1)
    bench.letGo(a)
    bench.pass(GATHER_MS)
    expect(callsOf(a, 'apply').map(({ batch }) => batch.holds.map(({ id }) => id))).toEqual([
      ['ada'],
      ['bob', 'cleo'],
    ])
  })

  it('P5 say at once who comes alone, and gather for a moment who comes close behind, but not the end of a session', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    expect(b.told).toEqual(['+ada'])
    bench.open(a, 'a2', 'bob')
    bench.open(a, 'a3', 'cleo')
    expect([a.told, b.told]).toEqual([['+ada', '+bob', '+cleo'], ['+ada']])
    expect(a.member.stepAt(bench.clock.now())).toBe(bench.clock.now() + GATHER_MS)
    bench.pass(GATHER_MS)
    expect(b.told).toEqual(['+ada', '+bob', '+cleo'])
    expect(callsOf(a, 'apply')).toHaveLength(2)
    a.member.endSession('ada', 'session of ada', bench.clock.now())
    bench.pump()
    expect(b.told.at(-1)).toBe('-ada')
  })

  it('P10 rest until the next beat or probe while all is well, and wake for what comes sooner', () => {
    const bench = new Bench()
    const [a] = bench.addTwo()
    const restMs = () => a.member.stepAt(bench.clock.now()) - bench.clock.now()
    const calls = () => a.calls.length
    for (let n = 0; n < 12; n++) {
      const [asked, rest] = [calls(), restMs()]
      expect(rest).toBeGreaterThan(0)
      bench.pass(rest - 1, BEAT_MS)
      expect(calls()).toBe(asked)
      bench.pass(1)
      expect(calls()).toBeGreaterThan(asked)
    }
    bench.open(a, 'a1', 'ada')
    bench.pass(BEAT_MS / 3)
    bench.close(a, 'a1')
    const goneAt = bench.clock.now() + GRACE_MS
    while (a.told.at(-1) !== '-ada') bench.pass(restMs(), BEAT_MS)
    expect(bench.clock.now()).toBe(goneAt)
    const longestRest = () => {
      let longest = 0
      for (let n = 0; n < 10; n++) {
        const rest = restMs()
        longest = Math.max(longest, rest)
        bench.pass(rest, BEAT_MS)
      }
      return longest
    }
    bench.pass(restMs())
    a.member.unsubscribed(bench.clock.now())
    expect(restMs()).toBe(100)
    a.member.subscribed(bench.clock.now())
    a.cut = true
    bench.pass(BEAT_MS)
    expect(longestRest()).toBe(100)
    a.cut = false
    bench.pass(3 * BEAT_MS)
    expect(longestRest()).toBeGreaterThan(BEAT_MS / 2)
    a.member.drain(bench.clock.now())
    expect(longestRest()).toBe(100)
  })

  it('P5 never send again what timed out: the next number says what holds now', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    a.held = []
    bench.open(a, 'a1', 'ada')
    const [given] = callsOf(a, 'apply')
    if (given === undefined) throw new Error('There is none')
    // It is executed late, after it was given up, and after what came instead.
    a.held = null
    a.member.failed(given, bench.clock.now())
    a.member.endSession('ada', 'session of ada', bench.clock.now())
    bench.pass(3 * BEAT_MS)
    expect(bench.state.apply(given.batch)).toEqual({ result: 'refused' })
    expect(lastOf(callsOf(a, 'apply')).batch).toMatchObject({ holds: [], releases: ['ada'] })
    expect([a.member.shown.isOnline('ada'), b.member.shown.isOnline('ada')]).toEqual([false, false])
  })

  it('P5 write down what a batch that was given up has done all the same', () => {
    const bench = new Bench()
    const [a] = bench.addTwo()
    a.held = []
    bench.open(a, 'a1', 'ada')
    const [given] = callsOf(a, 'apply')
    if (given === undefined) throw new Error('There is none')
    a.member.failed(given, bench.clock.now())
    bench.state.apply(given.batch)
    expect(a.seen.map(({ id }) => id)).toEqual(['ada'])
  })
})
