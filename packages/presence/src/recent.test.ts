import { describe, expect, it } from 'vitest'

import { NoticeFilter, RecentChanges } from './recent.ts'

describe('recent changes', () => {
  it('P12 keep the latest of each user for some minutes', () => {
    const recent = new RecentChanges()
    recent.set('ada', true, 1_000)
    recent.set('ada', false, 2_000)
    recent.set('bob', true, 3_000)
    expect([recent.at('ada'), recent.offlineAt('ada'), recent.offlineAt('bob')]).toEqual([
      2_000,
      2_000,
      undefined,
    ])
    recent.set('cleo', true, 2_000 + 5 * 60_000)
    expect([recent.at('ada'), recent.at('bob')]).toEqual([undefined, 3_000])
    recent.forget('bob')
    expect(recent.at('bob')).toBe(undefined)
  })

  it('P12 are bounded in number', () => {
    const recent = new RecentChanges()
    for (let i = 0; i <= 200_000; i++) recent.set(`u${i}`, true, 1_000)
    expect([recent.at('u0'), recent.at('u1')]).toEqual([undefined, 1_000])
  })
})

describe('the filter of notices', () => {
  const added = { kind: 'added', id: 'ada', name: 'Ada' } as const
  const removed = { kind: 'removed', id: 'ada', name: 'Ada' } as const

  it('P5 lets a notice through that is said again only once', () => {
    const filter = new NoticeFilter()
    const notices = [added, { kind: 'ended', id: 'ada', session: 's1' }, removed] as const
    expect(notices.map((notice) => filter.isNew(notice))).toEqual([true, true, true])
    expect(notices.map((notice) => filter.isNew(notice))).toEqual([false, false, false])
    expect(filter.isNew({ kind: 'ended', id: 'ada', session: 's2' })).toBe(true)
  })

  it('P4 never lets a removed account come back, however late its creation is heard', () => {
    const filter = new NoticeFilter()
    filter.isNew(removed)
    expect(filter.isNew(added)).toBe(false)
    expect([filter.isRemoved('ada'), filter.isRemoved('bob')]).toEqual([true, false])
  })
})
