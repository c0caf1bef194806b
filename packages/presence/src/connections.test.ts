import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Connections } from './connections.ts'

const GRACE_MS = 1_000
const ada = { id: 'ada', name: 'Ada' }
const bob = { id: 'bob', name: 'Bob' }

function connections(): Connections {
  return new Connections({ graceMs: GRACE_MS })
}

describe('connections', () => {
  it('P1 P2 only the first in makes a user held, over all his sessions', () => {
    const all = connections()
    expect(all.open('c1', 's1', ada)).toBe(true)
    expect(all.open('c2', 's1', ada)).toBe(false)
    expect(all.open('c3', 's2', ada)).toBe(false)
    expect(all.open('c3', 's2', ada)).toBe(false)
    expect(all.heldCount).toBe(1)
    expect([...all.allHeld()]).toEqual([ada])
    expect([all.connectionsOf('s1'), all.connectionsOf('s2'), all.connectionsOf('s3')]).toEqual([2, 1, 0])
  })

  it('P2 P3 the last out holds for the grace, and not a moment less or more', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.open('c2', 's1', ada)
    all.close('c1', 0)
    expect(all.sweep(5 * GRACE_MS)).toEqual([])
    expect(all.graceEndsAt).toBe(null)
    all.close('c2', 5_000)
    expect(all.graceEndsAt).toBe(5_000 + GRACE_MS)
    expect(all.sweep(5_000 + GRACE_MS - 1)).toEqual([])
    expect(all.isHeld('ada')).toBe(true)
    expect(all.sweep(5_000 + GRACE_MS)).toEqual(['ada'])
    expect(all.isHeld('ada')).toBe(false)
    expect(all.held('ada')).toBe(undefined)
    expect(all.sweep(50_000)).toEqual([])
  })

  it('P2 who returns within the grace never went, and his next grace is a whole one', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.close('c1', 0)
    expect(all.open('c2', 's1', ada)).toBe(false)
    expect(all.sweep(GRACE_MS)).toEqual([])
    all.close('c2', GRACE_MS)
    expect(all.sweep(2 * GRACE_MS - 1)).toEqual([])
    expect(all.sweep(2 * GRACE_MS)).toEqual(['ada'])
  })

  it('P3 a session’s end releases at once, connections and graces', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    expect(all.endSession('s1')).toBe(true)
    expect(all.endSession('s1')).toBe(false)
    all.close('c1', 0)
    expect(all.sweep(9_999)).toEqual([])
    all.open('c2', 's2', ada)
    all.close('c2', 0)
    expect(all.endSession('s2')).toBe(true)
    expect(all.isHeld('ada')).toBe(false)
  })

  it('P3 another session’s connection or grace goes on holding', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.open('c2', 's2', ada)
    all.close('c2', 0)
    expect(all.endSession('s1')).toBe(false)
    expect(all.isHeld('ada')).toBe(true)
    expect(all.sweep(GRACE_MS)).toEqual(['ada'])
  })

  it('P8 a longer grace holds for those who close from then on', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.open('c2', 's2', bob)
    all.close('c1', 0)
    all.graceMs = 3 * GRACE_MS
    all.close('c2', 0)
    expect(all.sweep(GRACE_MS)).toEqual(['ada'])
    expect(all.sweep(3 * GRACE_MS)).toEqual(['bob'])
  })

  it('P6 after a burial only those count that answer, and no grace', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.open('c2', 's1', ada)
    all.open('c3', 's2', bob)
    all.open('c4', 's3', { id: 'cleo', name: 'Cleo' })
    all.close('c4', 0)
    all.beginEra()
    expect(all.answered('c3')).toBe(undefined)
    expect(all.countOnlyAnswered()).toEqual(['cleo', 'ada'])
    expect([...all.allHeld()]).toEqual([bob])
    all.close('c1', 0)
    expect(all.answered('c1')).toBe(undefined)
    expect(all.answered('c2')).toBe('ada')
    expect(all.answered('c2')).toBe(undefined)
    all.close('c2', 0)
    expect(all.sweep(GRACE_MS)).toEqual(['ada'])
  })

  it('P6 who does not answer after a burial drops without a grace', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.beginEra()
    all.countOnlyAnswered()
    all.close('c1', 0)
    expect([all.isHeld('ada'), all.connectionCount, all.connectionsOf('s1')]).toEqual([false, 0, 0])
  })

  it('P6 a grace is not over because this process stood still', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.close('c1', 0)
    all.delayGraces(5_000)
    expect(all.sweep(5_000 + GRACE_MS - 1)).toEqual([])
    expect(all.sweep(5_000 + GRACE_MS)).toEqual(['ada'])
  })

  it('P3 names the sessions of a user whose account goes', () => {
    const all = connections()
    all.open('c1', 's1', ada)
    all.open('c2', 's2', ada)
    all.open('c3', 's3', bob)
    all.close('c2', 0)
    expect(all.sessionsOf('ada')).toEqual(['s1', 's2'])
    expect(all.sessionsOf('cleo')).toEqual([])
  })

  it('P1 P2 P3 whatever comes, drops, ends and passes: held is who has a connection or a grace', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('open' as const), session: fc.nat(5) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('close' as const), which: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), session: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(1_500) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('bury' as const), answers: fc.nat(3) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const all = connections()
        const open = new Map<string, { session: number; counts: boolean }>()
        const due = new Map<number, number>()
        let now = 0
        let ids = 0
        const truth = (): Set<number> => {
          const sessions = [...open.values()].filter(({ counts }) => counts).map(({ session }) => session)
          return new Set([...sessions, ...due.keys()].map((session) => session % 3))
        }
        for (const what of steps) {
          const before = truth()
          switch (what.do) {
            case 'open': {
              const id = `c${++ids}`
              open.set(id, { session: what.session, counts: true })
              due.delete(what.session)
              const user = what.session % 3
              const came = all.open(id, `s${what.session}`, { id: `u${user}`, name: 'x' })
              expect(came).toBe(!before.has(user))
              break
            }
            case 'close': {
              const [id, one] = [...open][what.which % Math.max(1, open.size)] ?? []
              if (id === undefined || one === undefined) break
              open.delete(id)
              const rest = [...open.values()].some(({ session, counts }) => session === one.session && counts)
              if (one.counts && !rest) due.set(one.session, now + GRACE_MS)
              all.close(id, now)
              break
            }
            case 'end': {
              for (const [id, { session }] of open) if (session === what.session) open.delete(id)
              due.delete(what.session)
              const went = all.endSession(`s${what.session}`)
              expect(went).toBe(before.has(what.session % 3) && !truth().has(what.session % 3))
              break
            }
            case 'pass': {
              now += what.ms
              for (const [session, at] of due) if (at <= now) due.delete(session)
              const after = truth()
              const went = [...before].filter((user) => !after.has(user)).map((user) => `u${user}`)
              expect(new Set(all.sweep(now))).toEqual(new Set(went))
              break
            }
            case 'bury': {
              all.beginEra()
              const answering = new Set([...open.keys()].slice(0, what.answers))
              for (const id of answering) all.answered(id)
              for (const [id, one] of open) one.counts ||= answering.has(id)
              const answered = truth()
              for (const [id, one] of open) one.counts = answering.has(id)
              due.clear()
              const after = truth()
              const went = [...answered].filter((user) => !after.has(user)).map((user) => `u${user}`)
              expect(new Set(all.countOnlyAnswered())).toEqual(new Set(went))
              break
            }
          }
          const held = [...truth()].map((user) => `u${user}`)
          expect(new Set([...all.allHeld()].map(({ id }) => id))).toEqual(new Set(held))
          expect(all.heldCount).toBe(held.length)
        }
      }),
    )
  })
})
