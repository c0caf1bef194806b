import fc from 'fast-check'
import { describe, expect } from 'vitest'

import type { Rule } from './tested-directory.ts'

export function searchRules(rule: Rule): void {
  describe('search', () => {
    rule('finds a part anywhere in the name, without regard to case and width', async ({ add, search }) => {
      await add('Hannah', 'JOANNA', 'Anna', 'Ａｎｎｅ', 'Bob')
      expect(await search('ANN')).toEqual(['Anna', 'Ａｎｎｅ', 'Hannah', 'JOANNA'])
      expect(await search('ａｎｎ')).toHaveLength(4)
      expect(await search('anna')).toEqual(['Anna', 'Hannah', 'JOANNA'])
      expect(await search('nah')).toEqual(['Hannah'])
      expect(await search(' ann ')).toHaveLength(4)
      expect(await search('b')).toEqual(['Bob'])
      expect(await search('annah')).toEqual(['Hannah'])
      expect(await search('hannahx')).toEqual([])
    })

    rule('folds what is typed as names are folded', async ({ add, search }) => {
      await add('Straße', 'ΝΊΚΟΣ', 'İpek', '王小明', 'ꭰꭱ')
      expect(await search('STRASSE')).toEqual(['Straße'])
      expect(await search('κος')).toEqual(['ΝΊΚΟΣ'])
      expect(await search('i̇p')).toEqual(['İpek'])
      expect(await search('小明')).toEqual(['王小明'])
      expect(await search('明')).toEqual(['王小明'])
      expect(await search('Ꭰ')).toEqual(['ꭰꭱ'])
    })

    rule('takes every character for itself', async ({ add, search }) => {
      const odd = ['a_b', 'a-b', 'axb', 'a.b+c', '100@home']
      await add(...odd)
      expect(await search('a_b')).toEqual(['a_b'])
      expect(await search('_')).toEqual(['a_b'])
      expect(await search('a.b')).toEqual(['a.b+c'])
      expect(await search('0@h')).toEqual(['100@home'])
      const never = [
        '%',
        'a%b',
        '%%%',
        '\\',
        '\\_',
        'a\\_b',
        '\0',
        'a\0b',
        "'",
        "';--",
        '*',
        'a*b',
        '\u{10FFFF}',
        '\u{FFFF}',
      ]
      for (const part of never) expect(await search(part)).toEqual([])
    })

    rule(
      'forgets the names of deleted accounts, and of all when all are deleted',
      async ({ add, remove, search }) => {
        await add('anna', 'hanna')
        await remove('anna')
        for (const part of ['anna', 'ann', 'an', 'a']) expect(await search(part)).toEqual(['hanna'])
        await add('anna')
        expect(await search('ann')).toEqual(['anna', 'hanna'])
      },
    )

    rule('goes on behind a page and joins with status', async ({ add, page, search, online }) => {
      await add('xanna1', 'xanna2', 'xanna3', 'xanna4', 'bob')
      for (const id of ['xanna2', 'xanna3', 'bob']) online.come({ id, name: id })
      for (const part of ['anna', 'nna', 'an', 'x']) {
        expect(await search(part, { start: { after: 'xanna2' }, limit: 1 })).toEqual(['xanna3'])
        expect(await search(part, { status: 'online' })).toEqual(['xanna2', 'xanna3'])
        expect(await search(part, { status: 'offline' })).toEqual(['xanna1', 'xanna4'])
        expect(await page({ part, status: 'offline', limit: 1 })).toMatchObject({ next: 'xanna1' })
        expect(await page({ part, status: 'online', limit: 1 })).toMatchObject({ next: 'xanna2' })
      }
    })

    rule('finds just whom a look at every name finds', async ({ add, search, empty }) => {
      const letters = fc.constantFrom('a', 'b', 'é', '王', '\u{10428}', '_')
      const texts = (most: number) =>
        fc.array(letters, { minLength: 1, maxLength: most }).map((characters) => characters.join(''))
      await fc.assert(
        fc
          .asyncProperty(
            fc.uniqueArray(texts(7), { maxLength: 60 }),
            fc.array(texts(5), { minLength: 10, maxLength: 10 }),
            texts(3),
            async (all, parts, after) => {
              await add(...all)
              for (const part of parts) {
                const found = await search(part, { start: { after }, limit: 200 })
                const isBehind = (name: string) => Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0
                expect(new Set(found)).toEqual(
                  new Set(all.filter((name) => name.includes(part) && isBehind(name))),
                )
              }
            },
          )
          .afterEach(async () => void (await empty())),
        { numRuns: 15 },
      )
    })
  })
}
