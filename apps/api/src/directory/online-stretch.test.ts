import { describe, expect, it } from 'vitest'

import { onlineStretch } from './online-stretch.ts'
import { ListedOnline } from './testing/listed-online.ts'

function crowd(count: number, nameOf: (n: number) => string) {
  const online = new ListedOnline()
  for (let n = 0; n < count; n++) online.come({ id: `id${n}`, name: nameOf(n) })
  return online
}

const numbered = (n: number) => `user${String(n).padStart(5, '0')}`
const names = (stretch: { people: readonly { name: string }[] }) => stretch.people.map(({ name }) => name)

describe('a stretch of who is online', () => {
  it('is looked for among all of a crowd, a turn of the event loop at a time', async () => {
    const online = crowd(7000, (n) => (n % 1000 === 999 ? `${numbered(n)}-Needle` : numbered(n)))
    let others = 0
    setImmediate(() => others++)
    const found = await onlineStretch(online, { part: 'needle', start: { at: 2 }, limit: 3 })
    expect(others).toBe(1)
    expect(names(found)).toEqual([2999, 3999, 4999].map((n) => `${numbered(n)}-Needle`))
    expect(found.next).toBe('user04999-needle')
    const rest = await onlineStretch(online, {
      part: 'needle',
      start: { behind: found.next ?? '' },
      limit: 3,
    })
    expect(names(rest)).toEqual([5999, 6999].map((n) => `${numbered(n)}-Needle`))
    expect(rest.next).toBeNull()
  })

  it('misses and doubles nobody while people come and go between two turns', async () => {
    const online = crowd(6000, numbered)
    const found = onlineStretch(online, { part: 'user0', start: { at: 0 }, limit: 5000 })
    for (let n = 0; n < 1500; n++) online.go(`id${n}`)
    for (let n = 0; n < 700; n++) online.come({ id: `new${n}`, name: `a-user0-${n}` })
    const shown = names(await found)
    expect(new Set(shown).size).toBe(shown.length)
    expect(
      Array.from({ length: 3000 }, (_, n) => numbered(n + 1500)).filter((name) => !shown.includes(name)),
    ).toEqual([])
  })

  it('leaves out who is in the list and no longer online', async () => {
    const late = new (class extends ListedOnline {
      override isOnline = (id: string) => id !== 'id1' && id !== 'id9'
    })()
    for (let n = 0; n < 10; n++) late.come({ id: `id${n}`, name: numbered(n) })
    const found = await onlineStretch(late, { part: null, start: { at: 0 }, limit: 3 })
    expect(names(found)).toEqual([0, 2, 3].map(numbered))
    const last = await onlineStretch(late, { part: null, start: { behind: found.next ?? '' }, limit: 5 })
    expect(names(last)).toEqual([4, 5, 6, 7, 8].map(numbered))
    expect(last.next).toBeNull()
  })
})
