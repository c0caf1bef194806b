import { describe, expect, it } from 'vitest'

import { Outbox } from './outbox.ts'
import type { Person } from './ports.ts'

const person = (id: string): Person => ({ id, name: id.toUpperCase() })
const ended = (session: string) => ({ kind: 'ended', id: 'ada', session }) as const

/** An outbox, and who is held here. */
function outboxOf(...ids: string[]): { outbox: Outbox; held: Set<string>; take: Outbox['take'] } {
  const outbox = new Outbox()
  const held = new Set(ids)
  for (const id of ids) outbox.mark(id)
  const find = (id: string): Person | undefined => (held.has(id) ? person(id) : undefined)
  return { outbox, held, take: (_, mayRelease) => outbox.take(find, mayRelease) }
}
const nobody = (): undefined => {}

describe('an outbox', () => {
  it('P5 says what holds at the time it is said, not what happened', () => {
    const { outbox, held, take } = outboxOf('ada', 'bob')
    held.delete('bob')
    expect(take(nobody, true)).toEqual({ holds: [person('ada')], releases: [], notices: [] })
    outbox.done()
    held.delete('ada')
    outbox.mark('ada')
    expect(take(nobody, true)).toEqual({ holds: [], releases: ['ada'], notices: [] })
    outbox.done()
    expect([outbox.empty, outbox.assertedCount]).toEqual([true, 0])
  })

  it('P5 has one batch under way at a time', () => {
    const { outbox, take } = outboxOf('ada')
    expect(take(nobody, true)).not.toBe(null)
    outbox.mark('bob')
    expect(take(nobody, true)).toBe(null)
    expect(outbox.has('ada')).toBe(true)
  })

  it('P3 is urgent from a notice on, until a batch has left nothing of it behind', () => {
    const { outbox, take } = outboxOf('ada')
    expect(outbox.isUrgent).toBe(false)
    for (let n = 0; n < 600; n++) outbox.notify(ended(`s${n}`))
    take(nobody, true)
    outbox.done()
    expect(outbox.isUrgent).toBe(true)
    take(nobody, true)
    outbox.done()
    expect([outbox.empty, outbox.isUrgent]).toEqual([true, false])
  })

  it('P5 after a batch of unknown fate says anew what holds now, releases of what it may have said included', () => {
    const { outbox, held, take } = outboxOf('ada', 'bob')
    outbox.notify(ended('s'))
    take(nobody, true)
    outbox.failed()
    expect(outbox.atRest).toBe(false)
    expect(outbox.isUnsure('ada')).toBe(true)
    held.delete('ada')
    expect(take(nobody, true)).toEqual({ holds: [person('bob')], releases: ['ada'], notices: [ended('s')] })
    outbox.done()
    expect([outbox.atRest, outbox.empty, outbox.isUnsure('ada')]).toEqual([true, true, false])
  })

  it('P7 keeps releases back until they may be said', () => {
    const { outbox, held, take } = outboxOf('ada')
    take(nobody, true)
    outbox.done()
    held.delete('ada')
    outbox.mark('ada')
    expect(take(nobody, false)).toBe(null)
    expect([outbox.empty, outbox.has('ada')]).toEqual([false, true])
    expect(take(nobody, true)?.releases).toEqual(['ada'])
  })

  it('P7 who returns while his release is kept back is held, and not released', () => {
    const { outbox, held, take } = outboxOf('ada')
    take(nobody, true)
    outbox.done()
    held.delete('ada')
    outbox.mark('ada')
    take(nobody, false)
    held.add('ada')
    outbox.mark('ada')
    expect(take(nobody, true)).toMatchObject({ holds: [person('ada')], releases: [] })
  })

  it('P7 starts over: says whom it holds, forgets what it said, keeps the notices', () => {
    const { outbox, take } = outboxOf('ada', 'bob')
    take(nobody, true)
    outbox.done()
    outbox.notify(ended('s'))
    outbox.mark('gone')
    outbox.startOver([person('bob')])
    expect(outbox.assertedCount).toBe(0)
    expect(take(nobody, true)).toEqual({ holds: [person('bob')], releases: [], notices: [ended('s')] })
  })

  it('P7 says everything again where the store has something else', () => {
    const { outbox, held, take } = outboxOf('ada', 'bob')
    take(nobody, true)
    outbox.done()
    held.delete('bob')
    outbox.reassert([person('ada')])
    expect(take(nobody, true)).toMatchObject({ holds: [person('ada')], releases: ['bob'] })
  })

  it('P10 says many in bounded batches', () => {
    const ids = Array.from({ length: 2_500 }, (_, i) => `u${i}`)
    const { outbox, take } = outboxOf(...ids)
    const sizes: number[] = []
    for (let batch = take(nobody, true); batch !== null; batch = take(nobody, true)) {
      sizes.push(batch.holds.length)
      outbox.done()
    }
    expect(sizes).toEqual([1_000, 1_000, 500])
    expect(outbox.assertedCount).toBe(2_500)
  })

  it('P4 keeps a bounded number of notices, the newest, and counts what it dropped', () => {
    const { outbox, take } = outboxOf()
    for (let i = 0; i < 10_003; i++) outbox.notify(ended(`s${i}`))
    expect(outbox.droppedNotices).toBe(3)
    const batch = take(nobody, true)
    expect([batch?.notices[0], batch?.notices.length]).toEqual([ended('s3'), 500])
    outbox.failed()
    expect(take(nobody, true)?.notices[0]).toEqual(ended('s3'))
  })
})
