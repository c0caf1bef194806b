import { describe, expect } from 'vitest'

import { foldName } from '@rollcall/protocol'

import type { Rule } from './tested-directory.ts'

export function pageRules(rule: Rule): void {
  describe('a page of the directory', () => {
    rule(
      'is in the order of folded names as UTF-8 bytes, and names them as typed',
      async ({ add, names }) => {
        await add('zoë', 'Ann', 'ann2', '\u{10400}x', '\uFB13', 'ÅSA', '山田', 'Жанна', 'Ａｎｎ3')
        expect(await names()).toEqual(
          ['Ann', 'ann2', 'Ａｎｎ3', 'zoë', 'ÅSA', 'Жанна', '山田', '\uFB13', '\u{10400}x'].toSorted((a, b) =>
            Buffer.compare(Buffer.from(foldName(a)), Buffer.from(foldName(b))),
          ),
        )
      },
    )

    rule('is as long as it was asked to be, and says where the list goes on', async ({ add, page }) => {
      await add('a', 'b', 'c')
      expect(await page({ limit: 2 })).toMatchObject({ users: [{ id: 'a' }, { id: 'b' }], next: 'b' })
      expect(await page({ limit: 2, start: { after: 'b' } })).toMatchObject({
        users: [{ id: 'c' }],
        next: null,
      })
      expect((await page({ limit: 3 })).next).toBeNull()
      expect(await page({ start: { after: 'c' } })).toMatchObject({ users: [], next: null })
    })

    rule('counts the whole directory, whatever was asked for', async ({ add, remove, page, online }) => {
      await add('ann', 'bob', 'cid')
      online.come({ id: 'ann', name: 'ann' })
      const counts = { online: 1, total: 3 }
      for (const status of [undefined, 'online', 'offline'] as const) {
        for (const part of ['', 'ann', 'nobody', '\0']) {
          for (const start of [{ after: '' }, { after: 'zzz' }, { at: 1 }, { at: 999_999_999_999_999 }]) {
            expect((await page({ status, part, start })).counts).toEqual(counts)
          }
        }
      }
      await remove('bob')
      expect((await page()).counts).toEqual({ online: 1, total: 2 })
    })

    rule('is there, and empty, where there is nobody', async ({ page }) => {
      for (const status of [undefined, 'online', 'offline'] as const) {
        expect(await page({ status })).toEqual({ users: [], next: null, counts: { online: 0, total: 0 } })
      }
    })

    rule('begins at a rank', async ({ add, names, search, online }) => {
      await add('a', 'b', 'c', 'd', 'e')
      for (const id of ['b', 'd']) online.come({ id, name: id })
      expect(await names({ start: { at: 2 } })).toEqual(['c', 'd', 'e'])
      expect(await names({ start: { at: 5 } })).toEqual([])
      expect(await names({ start: { at: 1 }, status: 'online' })).toEqual(['d'])
      expect(await names({ start: { at: 1 }, status: 'offline' })).toEqual(['c', 'e'])
      await add('xa1', 'xa2', 'xa3')
      online.come({ id: 'xa1', name: 'xa1' })
      online.come({ id: 'xa3', name: 'xa3' })
      for (const part of ['xa', 'x']) {
        expect(await search(part, { start: { at: 1 } })).toEqual(['xa2', 'xa3'])
        expect(await search(part, { start: { at: 1 }, status: 'online' })).toEqual(['xa3'])
        expect(await search(part, { start: { at: 1 }, status: 'offline' })).toEqual([])
      }
      expect(await search('xa2', { start: { at: 0 } })).toEqual(['xa2'])
    })

    rule('begins at a rank of a long list too', async ({ add, names, online }) => {
      const all = Array.from({ length: 2300 }, (_, n) => `user${String(n).padStart(5, '0')}`)
      await add(...all)
      for (const at of [1, 255, 256, 257, 2000, 2299]) {
        expect(await names({ start: { at }, limit: 1 })).toEqual([all[at]])
      }
      for (const name of all.slice(0, 1500)) online.come({ id: name, name })
      expect(await names({ start: { at: 100 }, limit: 1, status: 'offline' })).toEqual([all[1600]])
      expect(await names({ start: { at: 700 }, limit: 1, status: 'offline' })).toEqual([all[2200]])
      expect(await names({ start: { at: 100 }, limit: 1, status: 'online' })).toEqual([all[100]])
    })
  })
}
