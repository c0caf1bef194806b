import { describe, expect, it, vi } from 'vitest'

import { type LastSeen, LastSeenReader } from './last-seen-reader.ts'

const stored = new Map<string, LastSeen>([
  ['1', { username: 'Ann', lastSeenAt: 5 }],
  ['2', { username: 'Bob', lastSeenAt: null }],
])

function finder() {
  return vi.fn((ids: readonly string[]) =>
    Promise.resolve(new Map([...stored].filter(([id]) => ids.includes(id)))),
  )
}

describe('reading last seen', () => {
  it('is one query for all who ask in a turn, and everybody gets what he asked for', async () => {
    const find = finder()
    const reader = new LastSeenReader({ find })
    const [first, second] = await Promise.all([reader.read(['1']), reader.read(new Set(['2', '1']))])
    expect(find.mock.calls).toEqual([[['1', '2']]])
    expect([...first.keys()]).toEqual(['1'])
    expect([...second]).toEqual([
      ['2', { username: 'Bob', lastSeenAt: null }],
      ['1', { username: 'Ann', lastSeenAt: 5 }],
    ])
  })

  it('asks anew in the next turn', async () => {
    const find = finder()
    const reader = new LastSeenReader({ find })
    await reader.read(['1'])
    await reader.read(['1'])
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('leaves out ids that name nobody, and does not ask for none', async () => {
    const find = finder()
    const reader = new LastSeenReader({ find })
    expect([...(await reader.read(['x', '2'])).keys()]).toEqual(['2'])
    expect(await reader.read([])).toEqual(new Map())
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('tells all who asked that the database is away, and asks again for who comes later', async () => {
    const find = finder()
    find.mockRejectedValueOnce(new Error('away'))
    const reader = new LastSeenReader({ find })
    const answers = await Promise.allSettled([reader.read(['1']), reader.read(['2'])])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await reader.read(['1'])).size).toBe(1)
  })
})
