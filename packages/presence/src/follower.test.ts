import { describe, expect, it } from 'vitest'

import { Follower } from './follower.ts'
import type { Change, Entry, SnapshotAnswer } from './ports.ts'

const online = (id: string): Change => ({ kind: 'online', id, name: id.toUpperCase() })
const offline = (id: string): Change => ({ kind: 'offline', id, name: id.toUpperCase() })
const added = (id: string): Change => ({ kind: 'added', id, name: id.toUpperCase() })

function entry(first: number, ...changes: Change[]): Entry {
  return { epoch: 'e', first, at: first, changes }
}
function snapshotOf(seq: number, ...ids: string[]): Extract<SnapshotAnswer, { result: 'done' }> {
  return { result: 'done', seq, online: ids.map((id) => ({ id, name: id.toUpperCase() })) }
}
const logOf = (...entries: Entry[]) => ({ result: 'done', entries }) as const

/** A follower that has read a first snapshot. */
function follower(seq = 0, ...ids: string[]): Follower {
  const all = new Follower()
  all.begin('e')
  all.wantSnapshot()
  all.call('e', true, 0)
  all.snapshot(snapshotOf(seq, ...ids))
  all.call('e', true, 0)
  all.log(seq, logOf(), 0)
  return all
}

describe('a follower of the total order', () => {
  it('P4 waits a moment for what is on its way, then asks the log, and tells the net of it', () => {
    const all = follower()
    expect(all.heard(entry(2, online('bob')), 1_000)).toEqual({ changed: [], entries: [] })
    expect(all.call('e', true, 1_050)).toBe(null)
    expect(all.inStep).toBe(false)
    expect(all.call('e', true, 1_100)).toEqual({ lane: 'reading', kind: 'log', epoch: 'e', after: 0 })
    const read = all.log(0, logOf(entry(1, online('ada')), entry(2, online('bob'))), 1_200)
    expect(read.changed.map(({ id }) => id)).toEqual(['ada', 'bob'])
    expect(read.entries.map(({ first }) => first)).toEqual([1, 2])
    expect([all.inStep, all.roster.seq]).toEqual([true, 2])
  })

  it('P4 applies what came early as soon as what was missing comes', () => {
    const all = follower()
    all.heard(entry(3, offline('ada')), 0)
    all.heard(entry(2, online('bob')), 0)
    const news = all.heard(entry(1, online('ada')), 50)
    expect(news.entries.map(({ first }) => first)).toEqual([1, 2, 3])
    expect([all.roster.has('ada'), all.roster.has('bob'), all.inStep]).toEqual([false, true, true])
    expect(all.call('e', true, 5_000)).toBe(null)
  })

  it('P4 reads a snapshot where the log is too short, with the log on top', () => {
    const all = follower(0, 'ada')
    all.heard(entry(90, online('cleo')), 0)
    all.call('e', true, 100)
    all.log(0, { result: 'short' }, 100)
    expect(all.call('e', true, 100)).toEqual({ lane: 'reading', kind: 'snapshot', epoch: 'e' })
    all.snapshot(snapshotOf(89, 'bob'))
    expect(all.call('e', true, 100)).toMatchObject({ kind: 'log', after: 89 })
    const read = all.log(89, logOf(entry(90, online('cleo'))), 100)
    expect(read.loaded).toBe('again')
    expect(new Set(read.changed.map(({ id }) => id))).toEqual(new Set(['ada', 'bob', 'cleo']))
    expect(all.inStep).toBe(true)
  })

  it('P4 keeps what it hears while a snapshot is read', () => {
    const all = follower()
    all.wantSnapshot()
    all.call('e', true, 0)
    expect(all.heard(entry(1, added('dan'), online('ada')), 0).entries).toHaveLength(1)
    all.snapshot(snapshotOf(0))
    all.call('e', true, 0)
    const read = all.log(0, logOf(), 0)
    expect(read.entries).toEqual([])
    expect([all.roster.seq, all.roster.has('ada'), all.inStep]).toEqual([2, true, true])
  })

  it('P2 a user who went and came back while a snapshot was read has not changed', () => {
    const all = follower(0, 'ada')
    all.wantSnapshot()
    all.call('e', true, 0)
    // The scan saw the end of it, the log has the way there.
    all.snapshot(snapshotOf(0, 'ada'))
    all.call('e', true, 0)
    expect(all.log(0, logOf(entry(1, offline('ada')), entry(2, online('ada'))), 0).changed).toEqual([])
  })

  it('P4 a snapshot that is wanted again is read again, whatever is under way', () => {
    const all = follower()
    all.wantSnapshot()
    all.call('e', true, 0)
    all.wantSnapshot()
    all.snapshot(snapshotOf(0, 'old'))
    expect(all.call('e', true, 0)).toMatchObject({ kind: 'snapshot' })
    all.snapshot(snapshotOf(0, 'new'))
    all.call('e', true, 0)
    all.wantSnapshot()
    all.log(0, logOf(), 0)
    expect(all.roster.size).toBe(0)
    expect(all.call('e', true, 0)).toMatchObject({ kind: 'snapshot' })
  })

  it('P4 asks the log when the store has given out more than was heard', () => {
    const all = follower()
    all.hint(2, 1, 1_000)
    expect(all.inStep).toBe(false)
    expect(all.call('e', true, 1_099)).toBe(null)
    expect(all.call('e', true, 1_100)).toMatchObject({ kind: 'log', after: 0 })
  })

  it('P4 notices another number of people at the very same seq, and only then', () => {
    const all = follower(5, 'ada')
    all.hint(5, 1, 0)
    expect(all.miscounted).toBe(false)
    all.hint(6, 1, 0)
    expect(all.miscounted).toBe(false)
    all.heard(entry(6, online('bob')), 0)
    expect(all.miscounted).toBe(true)
    all.heard(entry(7, online('cleo')), 0)
    expect(all.miscounted).toBe(false)
  })

  it('P7 keeps whom it had while an epoch settles, and drops them when it has', () => {
    const all = follower(9, 'ada', 'bob')
    all.begin('f')
    expect(all.complete).toBe(false)
    all.wantLog()
    all.call('f', false, 0)
    all.log(0, logOf({ ...entry(1, online('bob')), epoch: 'f' }), 0)
    expect([...all.roster.entries()].map(([id]) => id)).toEqual(['ada', 'bob'])
    all.wantSnapshot()
    all.call('f', true, 0)
    all.snapshot(snapshotOf(1, 'bob'))
    all.call('f', true, 0)
    expect(all.log(1, logOf(), 0)).toMatchObject({ changed: [{ id: 'ada', name: 'ADA' }], loaded: 'first' })
  })

  it('P7 drops nobody by a snapshot of an epoch that has not settled, and is not complete by it', () => {
    const all = follower(9, 'ada')
    all.begin('f')
    all.wantSnapshot()
    all.call('f', false, 0)
    all.snapshot(snapshotOf(1, 'bob'))
    all.call('f', false, 0)
    expect(all.log(1, logOf(), 0)).toMatchObject({ changed: [{ id: 'bob', name: 'BOB' }], loaded: 'again' })
    expect([all.roster.has('ada'), all.complete, all.inStep]).toEqual([true, false, false])
  })

  it('P4 does not keep early entries without bound', () => {
    const all = follower()
    const many = Array.from({ length: 1_000 }, (_, i) => online(`u${i}`))
    for (let i = 0; i < 150; i++) all.heard(entry(2 + i * 1_000, ...many), 0)
    const news = all.heard(entry(1, online('ada')), 0)
    expect(news.entries.length).toBeLessThan(100)
    expect(all.call('e', true, 100)).toMatchObject({ kind: 'log' })
  })
})
