import { describe, expect, it } from 'vitest'

import type { CallOf } from './calls.ts'
import { GATHER_MS } from './membership.ts'
import { BEAT_MS, Bench, callsOf, GRACE_MS, lastOf, LEASE_MS } from './testing/bench.ts'

describe('members whose link, epoch or news get lost', () => {
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

  it('P7 P13 see nobody go after an absence whom the store never heard of, before others could say that they hold him', () => {
    const bench = new Bench()
    const [a, b] = bench.addTwo()
    a.cut = true
    bench.open(a, 'a1', 'ada')
    bench.close(a, 'a1')
    bench.pass(GRACE_MS + BEAT_MS)
    a.cut = false
    while (callsOf(a, 'apply').at(-1)?.batch.releases[0] !== 'ada') bench.pass(100)
    expect(a.told).toEqual(['+ada'])
    a.cut = b.cut = true
    bench.open(b, 'b1', 'ada')
    bench.pass(3 * BEAT_MS)
    a.cut = false
    bench.pass(200)
    b.cut = false
    bench.pass(4 * BEAT_MS)
    expect(a.told).toEqual(['+ada'])
    bench.close(b, 'b1')
    bench.pass(GRACE_MS + BEAT_MS)
    expect(a.told).toEqual(['+ada', '-ada'])
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
