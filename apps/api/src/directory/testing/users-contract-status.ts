import { describe, expect } from 'vitest'

import type { Rule } from './tested-directory.ts'

export function statusRules(rule: Rule): void {
  describe('status and last seen', () => {
    rule(
      'are of this process for who is online, whatever the database says',
      async ({ add, page, users, online, pages }) => {
        await add('ann', 'bob')
        await users.writeLastSeen([{ id: 'ann', at: 1000 }])
        online.come({ id: 'ann', name: 'ann' })
        const ann = { id: 'ann', username: 'ann', status: 'online', lastSeenAt: null }
        const bob = { id: 'bob', username: 'bob', status: 'offline', lastSeenAt: null }
        expect((await page()).users).toEqual([ann, bob])
        expect((await page({ status: 'online' })).users).toEqual([ann])
        expect((await page({ status: 'offline' })).users).toEqual([bob])
        expect(await pages.find('ann')).toEqual(ann)
      },
    )

    rule(
      'are the later of what the database and this process know of who is offline',
      async ({ add, page, users, online, pages }) => {
        const lastSeenOf = async (name: string) => (await pages.find(name))?.lastSeenAt
        await add('ann')
        await users.writeLastSeen([{ id: 'ann', at: 1000 }])
        expect(await lastSeenOf('ann')).toBe('1970-01-01T00:00:01.000Z')
        online.go('ann', 2500)
        expect(await lastSeenOf('ann')).toBe('1970-01-01T00:00:02.500Z')
        await users.writeLastSeen([{ id: 'ann', at: 3000 }])
        expect(await lastSeenOf('ann')).toBe('1970-01-01T00:00:03.000Z')
        expect((await page({ status: 'offline' })).users[0]?.lastSeenAt).toBe('1970-01-01T00:00:03.000Z')
      },
    )

    rule('never go backwards, and are not kept for who is gone', async ({ add, users }) => {
      await add('ann', 'bob')
      await users.writeLastSeen([
        { id: 'ann', at: 5000 },
        { id: 'gone', at: 5000 },
      ])
      await users.writeLastSeen([
        { id: 'ann', at: 4000 },
        { id: 'bob', at: 4000.7 },
      ])
      const seen = await users.lastSeen(['ann', 'bob', 'gone'])
      expect(seen).toEqual(
        new Map([
          ['ann', { username: 'ann', lastSeenAt: 5000 }],
          ['bob', { username: 'bob', lastSeenAt: 4000 }],
        ]),
      )
    })

    rule('are not there for an id that names nobody', async ({ pages }) => {
      for (const id of ['nobody', '', '\0', "'; drop table users; --"]) {
        expect(await pages.find(id)).toBeUndefined()
      }
    })
  })
}
