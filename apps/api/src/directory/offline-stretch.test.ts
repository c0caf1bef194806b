import { describe, expect, it } from 'vitest'

import { offlineStretch } from './offline-stretch.ts'
import { ListedOnline } from './testing/listed-online.ts'
import type { Stretch } from './users-repository.ts'

const numbered = (n: number) => `user${String(n).padStart(5, '0')}`

/** So many accounts, all online but those named. */
function nearlyAllOnline(count: number, offline: readonly number[]) {
  const all = Array.from({ length: count }, (_, n) => numbered(n))
  const online = new ListedOnline()
  for (let n = 0; n < count; n++)
    if (!offline.includes(n)) online.come({ id: numbered(n), name: numbered(n) })
  let read = 0
  const users = {
    stretch: ({ after, limit }: Stretch) => {
      const some = all.filter((name) => name > after).slice(0, limit)
      read += some.length
      const rows = some.map((name) => ({ id: name, username: name, key: name, lastSeenAt: null }))
      return Promise.resolve({ users: rows, total: count })
    },
  }
  const page = async (after: string, limit: number, skip = 0) => {
    read = 0
    const found = await offlineStretch(users, online, { part: null, after, skip, limit })
    return { names: found.users.map(({ username }) => username), next: found.next, read }
  }
  return { page }
}

describe('a stretch of who is offline', () => {
  it('is full also where many in between are online', async () => {
    const { page } = nearlyAllOnline(9000, [10, 3000, 8000, 8999])
    const { names, next } = await page('', 3)
    expect(names).toEqual([10, 3000, 8000].map(numbered))
    expect(next).toBe(numbered(8000))
    expect(await page(next ?? '', 3)).toMatchObject({ names: [numbered(8999)], next: null })
    expect(await page('', 1, 2)).toMatchObject({ names: [numbered(8000)] })
  })

  it('is short, and goes on, where too many would have to be read', async () => {
    const { page } = nearlyAllOnline(30_000, [5, 29_000])
    const shown: string[] = []
    let after: string | null = ''
    for (let pages = 1; after !== null; pages++) {
      const found: { names: string[]; next: string | null; read: number } = await page(after, 50)
      shown.push(...found.names)
      expect(found.read).toBeLessThanOrEqual(12_000)
      expect(pages).toBeLessThanOrEqual(4)
      after = found.next
    }
    expect(shown).toEqual([5, 29_000].map(numbered))
  })

  it('reads little where few are online', async () => {
    const everybodyOffline = Array.from({ length: 500 }, (_, n) => n)
    const { page } = nearlyAllOnline(500, everybodyOffline)
    expect((await page('', 50)).read).toBe(51)
  })
})
