import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Change, Entry, Person } from './ports.ts'
import { Roster } from './roster.ts'

function entry(first: number, ...changes: Change[]): Entry {
  return { epoch: 'e', first, at: first, changes }
}
const online = (id: string): Change => ({ kind: 'online', id, name: id.toUpperCase() })
const offline = (id: string): Change => ({ kind: 'offline', id, name: id.toUpperCase() })

const idsOf = (people: readonly Person[]): string[] => people.map(({ id }) => id)

function roster(): Roster {
  const roster = new Roster()
  roster.begin('e')
  return roster
}

describe('a roster', () => {
  it('P4 applies what is next and answers who came or went', () => {
    const all = roster()
    expect(idsOf(all.apply(entry(1, online('ada'), online('bob'))))).toEqual(['ada', 'bob'])
    expect(idsOf(all.apply(entry(3, offline('ada'))))).toEqual(['ada'])
    expect([...all.entries()]).toEqual([['bob', 'BOB']])
    expect([all.seq, all.size, all.nameOf('bob'), all.has('ada')]).toEqual([3, 1, 'BOB', false])
  })

  it('P4 tells the old, a gap and another epoch from what is next, and applies none of them', () => {
    const all = roster()
    all.apply(entry(1, online('ada')))
    expect(all.place(entry(1, online('ada')))).toBe('old')
    expect(all.place(entry(3, online('bob')))).toBe('gap')
    expect(all.place({ ...entry(2, online('bob')), epoch: 'other' })).toBe('foreign')
    expect(all.apply(entry(3, online('bob')))).toEqual([])
    expect(all.apply(entry(1, offline('ada')))).toEqual([])
    expect([all.seq, all.has('ada')]).toEqual([1, true])
  })

  it('P4 applies of an entry that is known in part only the rest', () => {
    const all = roster()
    all.load({ seq: 2, online: [{ id: 'ada', name: 'ADA' }], keep: false })
    expect(idsOf(all.apply(entry(2, offline('ada'), online('bob'))))).toEqual(['bob'])
    expect(all.has('ada')).toBe(true)
  })

  it('P4 counts a notice, and changes nobody by it', () => {
    const all = roster()
    expect(all.apply(entry(1, { kind: 'ended', id: 'ada', session: 's' }))).toEqual([])
    expect(all.seq).toBe(1)
  })

  it('P7 another epoch drops nobody, nor does a snapshot of one that has not settled', () => {
    const all = roster()
    all.apply(entry(1, online('ada')))
    all.begin('f')
    expect([all.seq, all.has('ada')]).toEqual([0, true])
    const before = all.load({ seq: 5, online: [{ id: 'bob', name: 'BOB' }], keep: true })
    expect(all.differences(before)).toEqual([{ id: 'bob', name: 'BOB' }])
    const settled = all.load({ seq: 6, online: [{ id: 'bob', name: 'BOB' }], keep: false })
    expect(all.differences(settled)).toEqual([{ id: 'ada', name: 'ADA' }])
  })

  it('P4 a snapshot read while people come and go, with the log on top, is the truth', () => {
    const history = fc.array(
      fc.array(fc.record({ user: fc.nat(5), at: fc.nat() }), { minLength: 1, maxLength: 4 }),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(history, fc.nat(20), fc.array(fc.nat(20)), (steps, seqAt, scans) => {
        const states: Set<string>[] = [new Set()]
        const log: Entry[] = []
        let seq = 0
        for (const step of steps) {
          const state = new Set(states.at(-1))
          const changes: Change[] = []
          for (const { user } of step) {
            const id = `u${user}`
            changes.push(state.has(id) ? offline(id) : online(id))
            if (!state.delete(id)) state.add(id)
          }
          log.push(entry(seq + 1, ...changes))
          seq += changes.length
          states.push(state)
        }
        // The seq is read first; each user is seen as of some moment from then on.
        const from = Math.min(seqAt, log.length)
        const seen = new Set<string>()
        for (let user = 0; user < 6; user++) {
          const moment = Math.min(from + ((scans[user] ?? 0) % 5), log.length)
          if (states[moment]?.has(`u${user}`)) seen.add(`u${user}`)
        }
        const all = roster()
        const known = log.slice(0, from).reduce((sum, { changes }) => sum + changes.length, 0)
        all.load({ seq: known, online: [...seen].map((id) => ({ id, name: id })), keep: false })
        for (const one of log) all.apply(one)
        expect(new Set([...all.entries()].map(([id]) => id))).toEqual(states.at(-1))
        expect(all.seq).toBe(seq)
      }),
    )
  })
})
