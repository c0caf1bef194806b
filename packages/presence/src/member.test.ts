import { describe, expect, it } from 'vitest'

import type { Call, CallOf } from './calls.ts'
import { GATHER_MS } from './membership.ts'
import { Bench, GRACE_MS, LEASE_MS, type Tried } from './testing/bench.ts'

const BEAT_MS = LEASE_MS / 6

function callsOf<K extends Call['kind']>(tried: Tried, kind: K): CallOf<K>[] {
  return tried.calls.filter((call): call is CallOf<K> => call.kind === kind)
}

function lastOf<T>(all: readonly T[]): T {
  const last = all.at(-1)
  if (last === undefined) throw new Error('There is none')
  return last
}

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
    expect(a.member.batchDueAt).toBe(bench.clock.now() + GATHER_MS)
    bench.pass(GATHER_MS)
    expect(b.told).toEqual(['+ada', '+bob', '+cleo'])
    expect([callsOf(a, 'apply').length, a.member.batchDueAt]).toEqual([2, null])
    a.member.endSession('ada', 'session of ada', bench.clock.now())
    bench.pump()
    expect(b.told.at(-1)).toBe('-ada')
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

  it('P6 release whom a dead one held when lease and grace are over, one of them once', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    const c = bench.add()
    bench.open(a, 'a1', 'ada')
    bench.freeze(a)
    bench.pass(LEASE_MS + GRACE_MS - BEAT_MS)
    expect(b.told).toEqual(['+ada'])
    bench.pass(3 * BEAT_MS)
    expect([b.told, c.told]).toEqual([
      ['+ada', '-ada'],
      ['+ada', '-ada'],
    ])
    expect([...b.seen, ...c.seen].map(({ id }) => id)).toEqual(['ada'])
  })

  it('P6 a buried one takes a new incarnation and holds again who has answered since', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.open(a, 'a2', 'bob')
    bench.pass(GATHER_MS)
    bench.freeze(a)
    bench.pass(2 * (LEASE_MS + GRACE_MS))
    expect(b.told).toEqual(['+ada', '+bob', '-ada', '-bob'])
    bench.thaw(a)
    expect([a.wakes, a.member.isAsleep]).toEqual([1, true])
    expect(a.member.next(bench.clock.now())).toEqual([])
    a.member.answered('a2', bench.clock.now())
    a.member.awake(bench.clock.now())
    bench.pass(3 * BEAT_MS)
    expect(b.told.slice(4)).toEqual(['+bob'])
    expect(a.rechecks).toBeGreaterThan(0)
    a.member.answered('a1', bench.clock.now())
    bench.pump()
    expect(b.told.slice(4)).toEqual(['+bob', '+ada'])
    expect(lastOf(callsOf(a, 'beat')).beat.incarnation).not.toBe(callsOf(a, 'beat')[0]?.beat.incarnation)
  })

  it('P6 a buried one that ran all the while holds again whom it held, also who dropped a moment ago', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    a.cut = true
    bench.pass(2 * (LEASE_MS + GRACE_MS))
    bench.open(b, 'b1', 'bob')
    bench.pass(100)
    bench.open(a, 'a2', 'bob')
    bench.close(b, 'b1')
    bench.pass(GRACE_MS / 2)
    bench.close(a, 'a2')
    a.cut = false
    bench.pass(GRACE_MS - 100)
    expect([b.told, a.wakes]).toEqual([['+ada', '-ada', '+bob', '+ada'], 0])
    bench.pass(100)
    expect(b.told.slice(4)).toEqual(['-bob'])
  })

  it('P6 a buried one that cannot tell why has stood still', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.suspend(a, LEASE_MS + GRACE_MS + BEAT_MS)
    expect(b.told).toEqual(['+ada', '-ada'])
    bench.pass(2 * BEAT_MS)
    expect([b.told.length, a.wakes]).toEqual([2, 1])
    a.member.answered('a1', bench.clock.now() - a.behind)
    bench.pump()
    expect(b.told.slice(2)).toEqual(['+ada'])
  })

  it('P6 who wakes tells only what came of all that it missed', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(b, 'b1', 'ada')
    bench.freeze(a)
    b.member.endSession('ada', 'session of ada', bench.clock.now())
    bench.pump()
    bench.open(b, 'b2', 'ada', 'another')
    bench.pass(0.7 * LEASE_MS)
    bench.thaw(a)
    a.member.awake(bench.clock.now())
    bench.pass(BEAT_MS)
    expect(a.told).toEqual(['+ada'])
  })

  it('P6 P13 who wakes sees nobody go before the store has told how far the others are', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(b, 'b1', 'ada')
    bench.freeze(a)
    bench.close(b, 'b1')
    bench.pass(GRACE_MS)
    bench.state.lose()
    bench.open(b, 'b2', 'ada')
    bench.pass(LEASE_MS)
    bench.thaw(a)
    a.member.awake(bench.clock.now())
    bench.pass(2 * BEAT_MS)
    expect([a.told, b.told]).toEqual([['+ada'], ['+ada', '-ada', '+ada']])
  })

  it('P6 who stood still while the epoch was lost holds only who has answered since, as if it had been buried', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.open(a, 'a2', 'bob')
    bench.pass(GATHER_MS)
    bench.freeze(a)
    bench.state.lose()
    bench.pass(3 * LEASE_MS)
    expect(b.told).toEqual(['+ada', '+bob', '-ada', '-bob'])
    bench.thaw(a)
    a.member.answered('a1', bench.clock.now())
    a.member.awake(bench.clock.now())
    bench.pass(3 * BEAT_MS)
    expect(b.told.slice(4)).toEqual(['+ada'])
  })

  it('P7 a lost epoch is nobody’s death: holds are said anew, and nobody is dropped until it has settled', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.open(b, 'b1', 'bob')
    bench.freeze(b)
    bench.state.lose()
    bench.pass(LEASE_MS)
    expect(a.member.freshness.state).toBe('stale')
    bench.open(a, 'a2', 'cleo')
    bench.close(a, 'a1')
    expect(a.told).toEqual(['+ada', '+bob', '+cleo'])
    bench.pass(GRACE_MS + 4 * BEAT_MS)
    expect(a.told).toEqual(['+ada', '+bob', '+cleo', '-bob', '-ada'])
    expect(a.freshness.map(({ state }) => state)).toEqual(['live', 'stale', 'live'])
    expect(a.rechecks).toBeGreaterThan(0)
    // Nobody released him: who found out writes down when he was last known to be there.
    const [bob] = a.seen.filter(({ id }) => id === 'bob')
    expect(bob?.at).toBeLessThanOrEqual(a.freshness[1]?.since ?? 0)
    expect(a.member.shown.offlineAt('bob')).toBe(bob?.at)
  })

  it('P7 who hears of another epoch joins it at once, and says whom it holds', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.state.lose()
    bench.open(b, 'b1', 'bob')
    const epoch = bench.state.epoch() ?? ''
    expect(lastOf(callsOf(a, 'beat')).beat).toMatchObject({ epoch, joins: true })
    expect(bench.state.snapshot(epoch)).toMatchObject({ online: [{ id: 'bob' }, { id: 'ada' }] })
  })

  it('P7 no release leaves while an epoch is unsettled', () => {
    const bench = new Bench()
    const [a] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.state.lose()
    bench.pass(2 * BEAT_MS)
    a.member.endSession('ada', 'session of ada', bench.clock.now())
    const before = a.calls.length
    bench.pass(LEASE_MS - 3 * BEAT_MS)
    const batches = a.calls.slice(before).filter((call): call is CallOf<'apply'> => call.kind === 'apply')
    expect(batches.map(({ batch }) => batch.releases)).toEqual([[]])
    bench.pass(3 * BEAT_MS)
    expect(a.told).toEqual(['+ada', '-ada'])
  })

  it('P7 after an outage of the link holds go first, and releases two beats later', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.open(a, 'a2', 'bob')
    a.cut = true
    a.member.endSession('ada', 'session of ada', bench.clock.now())
    bench.open(a, 'a3', 'cleo')
    bench.pass(2 * BEAT_MS)
    expect(a.told).toEqual(['+ada', '+bob', '+cleo'])
    a.cut = false
    bench.pass(BEAT_MS)
    expect(b.told).toEqual(['+ada', '+bob', '+cleo'])
    bench.pass(2 * BEAT_MS)
    expect([a.told, b.told]).toEqual([
      ['+ada', '+bob', '+cleo', '-ada'],
      ['+ada', '+bob', '+cleo', '-ada'],
    ])
    expect(b.ended).toEqual(['session of ada'])
  })

  it('P7 tries holds along with the first beat of a link that may be back', () => {
    const bench = new Bench()
    const [a] = bench.addTwo()
    a.cut = true
    bench.open(a, 'a1', 'ada')
    bench.pass(500)
    const tries = a.calls.length
    bench.pass(200)
    expect(a.calls.slice(tries).map(({ kind }) => kind)).toEqual(['beat', 'apply'])
  })

  it('P7 knock at most five times a second on a store that is away, with a beat and a batch', () => {
    const bench = new Bench()
    const [a] = bench.addTwo()
    a.cut = true
    bench.pass(1_000)
    for (let i = 0; i < 50; i++) bench.open(a, `a${i}`, `user${i}`)
    const tries = a.calls.length
    bench.pass(10_000)
    expect(a.calls.length - tries).toBeLessThanOrEqual(2 * 50)
    expect(a.member.linkIsUp).toBe(false)
  })

  it('P7 begin a new epoch where the store has forgotten what it gave out', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    const epoch = bench.state.epoch()
    const beat = lastOf(callsOf(a, 'beat'))
    a.held = []
    bench.pass(BEAT_MS)
    const [asked] = a.held.filter(({ kind }) => kind === 'beat')
    a.held = null
    if (asked?.kind !== 'beat') throw new Error('It did not beat')
    const answer = bench.state.beat(beat.beat)
    if (answer.result !== 'beating') throw new Error('It does not beat')
    a.member.answer(
      { kind: 'beat', call: asked, answer: { ...answer, seq: answer.seq - 1 } },
      bench.clock.now(),
    )
    bench.pass(3 * BEAT_MS)
    expect(bench.state.epoch()).not.toBe(epoch)
    bench.pass(2 * LEASE_MS)
    expect([a.told, b.told]).toEqual([['+ada'], ['+ada']])
  })

  it('P7 say everything again where the store holds another number of users for them', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    const { epoch, incarnation, number } = lastOf(callsOf(a, 'apply')).batch
    a.deaf = true
    bench.state.apply({ epoch, incarnation, number: number + 1, holds: [], releases: ['ada'], notices: [] })
    expect(b.member.shown.isOnline('ada')).toBe(false)
    bench.pass(BEAT_MS)
    a.deaf = false
    expect(b.member.shown.isOnline('ada')).toBe(true)
    expect(lastOf(callsOf(a, 'apply')).batch.incarnation).toBe(incarnation)
    // Somebody whom nobody holds, and whom no re-assertion can name, is left to the burial of the old incarnation.
    const ghost = { id: 'ghost', name: 'Ghost' }
    const last = lastOf(callsOf(a, 'apply')).batch.number
    bench.state.apply({ epoch, incarnation, number: last + 1, holds: [ghost], releases: [], notices: [] })
    expect(b.member.shown.isOnline('ghost')).toBe(true)
    bench.pass(LEASE_MS + GRACE_MS + 6 * BEAT_MS)
    expect(b.told.at(-1)).toBe('-ghost')
    expect(b.member.shown.isOnline('ada')).toBe(true)
  })

  it('P13 hold again at once whom they hold and a numbered change says to be gone', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    const { epoch, incarnation, number } = lastOf(callsOf(a, 'apply')).batch
    bench.state.apply({ epoch, incarnation, number: number + 1, holds: [], releases: ['ada'], notices: [] })
    expect([a.told, b.told]).toEqual([['+ada'], ['+ada', '-ada']])
    bench.pass(GATHER_MS)
    expect([a.told, b.told]).toEqual([['+ada'], ['+ada', '-ada', '+ada']])
  })

  it('P7 P13 who came and moved on while the store was away is not seen to go where he was', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    a.cut = true
    b.cut = true
    bench.pass(BEAT_MS)
    bench.open(a, 'a1', 'ada')
    a.member.endSession('ada', 'session of ada', bench.clock.now())
    bench.open(b, 'b1', 'ada', 'another')
    // One of them reaches the store a beat before the other.
    a.cut = false
    bench.pass(BEAT_MS)
    b.cut = false
    bench.pass(5 * BEAT_MS)
    expect([a.told, b.told]).toEqual([['+ada'], ['+ada']])
  })

  it('P6 a grace that ran while the process stood still is not over for that', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.close(a, 'a1')
    bench.freeze(a)
    bench.pass(GRACE_MS + 1_000)
    bench.thaw(a)
    a.member.awake(bench.clock.now())
    bench.pump()
    bench.open(a, 'a2', 'ada')
    bench.pass(LEASE_MS)
    expect([a.told, b.told]).toEqual([['+ada'], ['+ada']])
  })

  it('P8 hand over: a closed user is held for max(grace, lease), then released, then it leaves', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.open(a, 'a2', 'bob')
    a.member.drain(bench.clock.now())
    expect(a.member.state).toBe('draining')
    bench.close(a, 'a1')
    bench.close(a, 'a2')
    bench.pass(LEASE_MS / 2)
    bench.open(b, 'b1', 'ada')
    bench.pass(LEASE_MS / 2 - 100)
    expect([b.told, a.member.hasLeft]).toEqual([['+ada', '+bob'], false])
    bench.pass(100)
    expect([b.told, a.member.hasLeft]).toEqual([['+ada', '+bob', '-bob'], true])
    const calls = a.calls.length
    bench.pass(3 * LEASE_MS)
    expect(a.calls.length).toBe(calls)
    expect(b.told).toEqual(['+ada', '+bob', '-bob'])
  })

  it('P8 do not leave as long as a socket is open, though a burial has left nobody held', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    bench.suspend(a, 2 * (LEASE_MS + GRACE_MS))
    a.member.drain(bench.clock.now() - a.behind)
    bench.pass(2 * BEAT_MS)
    expect([a.wakes, a.member.hasLeft]).toEqual([1, false])
    a.member.answered('a1', bench.clock.now() - a.behind)
    bench.pump()
    expect(b.told).toEqual(['+ada', '-ada', '+ada'])
    bench.close(a, 'a1')
    bench.pass(LEASE_MS + 3 * BEAT_MS)
    expect([b.told.at(-1), a.member.hasLeft]).toEqual(['-ada', true])
  })

  it('P8 leave at once where they never reached the store', () => {
    const bench = new Bench()
    const a = bench.add(true, { cut: true })
    bench.pass(LEASE_MS)
    expect(a.member.hasLeft).toBe(false)
    a.member.drain(bench.clock.now())
    expect(a.member.hasLeft).toBe(true)
  })

  it('P13 show their own arrivals at once, and drop nobody while cut off', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(b, 'b1', 'bob')
    a.cut = true
    bench.open(a, 'a1', 'ada')
    expect(a.member.shown.isOnline('ada')).toBe(true)
    expect(a.member.shown.aheadSince('ada')).toBe(bench.clock.now())
    a.member.endSession('ada', 'session of ada', bench.clock.now())
    bench.close(b, 'b1')
    bench.pass(2 * (LEASE_MS + GRACE_MS))
    expect([a.told, b.told]).toEqual([
      ['+bob', '+ada'],
      ['+bob', '-bob'],
    ])
    expect(a.member.freshness.state).toBe('stale')
    a.cut = false
    bench.pass(4 * BEAT_MS)
    expect(a.told).toEqual(['+bob', '+ada', '-bob', '-ada'])
    expect(a.freshness.at(-1)?.state).toBe('live')
  })

  it('P13 see nobody go by what comes late, as long as more may follow', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(b, 'b1', 'ada')
    bench.open(b, 'b2', 'bob')
    bench.pass(GATHER_MS)
    a.cut = true
    bench.pass(2 * BEAT_MS)
    bench.close(b, 'b1')
    bench.close(b, 'b2')
    bench.pass(GRACE_MS)
    bench.open(b, 'b3', 'ada')
    const log = bench.state.log(bench.state.epoch() ?? '', 2)
    const [late] = log.result === 'done' ? log.entries : []
    if (late === undefined) throw new Error('There is no entry.')
    expect(late.changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['offline ada', 'offline bob'])
    a.member.heard(late, bench.clock.now())
    expect([...a.member.shown.people()].map(({ name }) => name)).toEqual(['ADA', 'BOB'])
    expect([a.member.shown.count, a.member.shown.nameOf('ada')]).toEqual([2, 'ADA'])
    expect(a.told).toEqual(['+ada', '+bob'])
    a.cut = false
    bench.pass(2 * BEAT_MS)
    expect(a.told).toEqual(['+ada', '+bob', '-bob'])
    expect(a.member.shown.count).toBe(1)
  })

  it('P7 P13 see nobody go after an absence before others could say whom they hold', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    bench.open(a, 'a1', 'ada')
    b.cut = true
    bench.pass(BEAT_MS)
    bench.close(a, 'a1')
    bench.pass(GRACE_MS)
    a.cut = true
    bench.open(a, 'a2', 'ada')
    bench.pass(LEASE_MS / 6)
    b.cut = false
    bench.pass(BEAT_MS / 2)
    a.cut = false
    bench.pass(3 * BEAT_MS)
    expect([a.told, b.told]).toEqual([['+ada', '-ada', '+ada'], ['+ada']])
  })

  it('P4 P12 who hears nothing reads the log at every beat, says stale, and subscribes anew', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    a.deaf = true
    bench.open(b, 'b1', 'bob')
    bench.pass(2 * BEAT_MS)
    expect(a.told).toEqual(['+bob'])
    bench.pass(4_500)
    expect(a.member.freshness.state).toBe('stale')
    expect(callsOf(a, 'subscribe').length).toBeGreaterThan(1)
    a.deaf = false
    bench.pass(2_500)
    expect(a.member.freshness.state).toBe('live')
  })

  it('P4 P12 load a snapshot, and check their sessions, where the log is too short or the count is another', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    a.deaf = true
    for (let i = 0; i < 2_500; i++) bench.open(b, `b${i}`, `user${i}`)
    const rechecks = a.rechecks
    bench.pass(2 * BEAT_MS)
    expect(a.member.shown.count).toBe(2_500)
    expect(callsOf(a, 'snapshot')).toHaveLength(2)
    expect(a.rechecks).toBeGreaterThan(rechecks)
  })
})
