import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { foldName } from '@rollcall/protocol'

import type { Database } from '../../platform/database.ts'
import { HeadCount } from '../head-count.ts'
import { Landmarks } from '../landmarks.ts'
import { MadeUpUsersRepository } from '../made-up-users-repository.ts'
import { type PageQuery, UserPages } from '../user-pages.ts'
import { UsersRepository } from '../users-repository.ts'
import { ListedOnline } from './listed-online.ts'

/** What the directory promises on PGlite and on PostgreSQL alike. */
export function usersContract(open: () => Promise<Database>): void {
  let database: Database
  let users: UsersRepository
  let online: ListedOnline
  let pages: UserPages

  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  beforeEach(async () => {
    await database.db.deleteFrom('users').execute()
    users = new UsersRepository(database.db)
    online = new ListedOnline()
    pages = new UserPages({
      users,
      online,
      landmarks: new Landmarks({ survey: (every) => users.landmarks(every), log: { warn: () => {} } }),
      headCount: new HeadCount({ ask: () => users.total(), log: { warn: () => {} } }),
    })
  })

  /** Accounts whose ids are their folded names. */
  const add = (...names: string[]) =>
    new MadeUpUsersRepository(database.db).add(
      names.map((name) => ({ id: foldName(name), username: name, key: foldName(name) })),
    )
  const remove = (...names: string[]) =>
    database.db.deleteFrom('users').where('username_key', 'in', names.map(foldName)).execute()
  const page = (query: Partial<PageQuery> = {}) =>
    pages.page({ part: '', status: undefined, limit: 50, start: { after: '' }, ...query })
  const names = async (query: Partial<PageQuery> = {}) =>
    (await page(query)).users.map(({ username }) => username)
  const search = (part: string, query: Partial<PageQuery> = {}) => names({ part, ...query })

  describe('a page of the directory', () => {
    it('is in the order of folded names as UTF-8 bytes, and names them as typed', async () => {
      await add('zoë', 'Ann', 'ann2', '\u{10400}x', '\uFB13', 'ÅSA', '山田', 'Жанна', 'Ａｎｎ3')
      expect(await names()).toEqual(
        ['Ann', 'ann2', 'Ａｎｎ3', 'zoë', 'ÅSA', 'Жанна', '山田', '\uFB13', '\u{10400}x'].toSorted((a, b) =>
          Buffer.compare(Buffer.from(foldName(a)), Buffer.from(foldName(b))),
        ),
      )
    })

    it('is as long as it was asked to be, and says where the list goes on', async () => {
      await add('a', 'b', 'c')
      expect(await page({ limit: 2 })).toMatchObject({ users: [{ id: 'a' }, { id: 'b' }], next: 'b' })
      expect(await page({ limit: 2, start: { after: 'b' } })).toMatchObject({
        users: [{ id: 'c' }],
        next: null,
      })
      expect((await page({ limit: 3 })).next).toBeNull()
      expect(await page({ start: { after: 'c' } })).toMatchObject({ users: [], next: null })
    })

    it('counts the whole directory, whatever was asked for', async () => {
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

    it('is there, and empty, where there is nobody', async () => {
      for (const status of [undefined, 'online', 'offline'] as const) {
        expect(await page({ status })).toEqual({ users: [], next: null, counts: { online: 0, total: 0 } })
      }
    })

    it('begins at a rank', async () => {
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

    it('begins at a rank of a long list too', async () => {
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

  describe('status and last seen', () => {
    const lastSeenOf = async (name: string) => (await pages.find(name))?.lastSeenAt

    it('are of this process for who is online, whatever the database says', async () => {
      await add('ann', 'bob')
      await users.writeLastSeen([{ id: 'ann', at: 1000 }])
      online.come({ id: 'ann', name: 'ann' })
      const ann = { id: 'ann', username: 'ann', status: 'online', lastSeenAt: null }
      const bob = { id: 'bob', username: 'bob', status: 'offline', lastSeenAt: null }
      expect((await page()).users).toEqual([ann, bob])
      expect((await page({ status: 'online' })).users).toEqual([ann])
      expect((await page({ status: 'offline' })).users).toEqual([bob])
      expect(await pages.find('ann')).toEqual(ann)
    })

    it('are the later of what the database and this process know of who is offline', async () => {
      await add('ann')
      await users.writeLastSeen([{ id: 'ann', at: 1000 }])
      expect(await lastSeenOf('ann')).toBe('1970-01-01T00:00:01.000Z')
      online.go('ann', 2500)
      expect(await lastSeenOf('ann')).toBe('1970-01-01T00:00:02.500Z')
      await users.writeLastSeen([{ id: 'ann', at: 3000 }])
      expect(await lastSeenOf('ann')).toBe('1970-01-01T00:00:03.000Z')
      expect((await page({ status: 'offline' })).users[0]?.lastSeenAt).toBe('1970-01-01T00:00:03.000Z')
    })

    it('never go backwards, and are not kept for who is gone', async () => {
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

    it('are not there for an id that names nobody', async () => {
      for (const id of ['nobody', '', '\0', "'; drop table users; --"]) {
        expect(await pages.find(id)).toBeUndefined()
      }
    })
  })

  describe('search', () => {
    it('finds a part anywhere in the name, without regard to case and width', async () => {
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

    it('folds what is typed as names are folded', async () => {
      await add('Straße', 'ΝΊΚΟΣ', 'İpek', '王小明', 'ꭰꭱ')
      expect(await search('STRASSE')).toEqual(['Straße'])
      expect(await search('κος')).toEqual(['ΝΊΚΟΣ'])
      expect(await search('i̇p')).toEqual(['İpek'])
      expect(await search('小明')).toEqual(['王小明'])
      expect(await search('明')).toEqual(['王小明'])
      expect(await search('Ꭰ')).toEqual(['ꭰꭱ'])
    })

    it('takes every character for itself', async () => {
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

    it('forgets the names of deleted accounts, and of all when all are deleted', async () => {
      await add('anna', 'hanna')
      await remove('anna')
      for (const part of ['anna', 'ann', 'an', 'a']) expect(await search(part)).toEqual(['hanna'])
      await add('anna')
      expect(await search('ann')).toEqual(['anna', 'hanna'])
    })

    it('goes on behind a page and joins with status', async () => {
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

    it('finds just whom a look at every name finds', async () => {
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
          .afterEach(async () => void (await database.db.deleteFrom('users').execute())),
        { numRuns: 15 },
      )
    })
  })

  describe('walking all pages while accounts come and go', () => {
    const name = fc.stringMatching(/^[a-c]{1,4}$/)
    const happening = fc.oneof(
      fc.record({ kind: fc.constant('sign up' as const), name }),
      fc.record({ kind: fc.constant('delete' as const), name }),
      fc.record({ kind: fc.constant('come' as const), name }),
      fc.record({ kind: fc.constant('go' as const), name }),
    )
    const step = fc.record({
      limit: fc.integer({ min: 1, max: 7 }),
      meanwhile: fc.array(happening, { maxLength: 4 }),
    })

    it('misses nobody who was there throughout, and shows nobody twice', async () => {
      await fc.assert(
        fc
          .asyncProperty(
            fc.uniqueArray(name, { maxLength: 40 }),
            fc.array(step, { minLength: 1, maxLength: 6 }),
            fc.constantFrom(undefined, 'online' as const, 'offline' as const),
            fc.constantFrom('', 'a', 'ab', 'abc'),
            async (all, steps, status, part) => {
              await add(...all)
              for (const one of all.filter((_, index) => index % 2 === 0)) online.come({ id: one, name: one })
              const fits = (one: string) =>
                one.includes(part) && (status === undefined || online.isOnline(one) === (status === 'online'))
              const throughout = new Set(all.filter(fits))
              const shown: string[] = []
              let after: string | null = ''
              for (let turn = 0; after !== null; turn++) {
                const { limit, meanwhile } = steps[turn % steps.length] ?? { limit: 7, meanwhile: [] }
                const answer = await page({ part, status, limit, start: { after } })
                expect(answer.users.length).toBeLessThanOrEqual(limit)
                shown.push(...answer.users.map(({ username }) => username))
                after = answer.next
                for (const { kind, name } of meanwhile) {
                  throughout.delete(name)
                  if (kind === 'sign up') await add(name)
                  else if (kind === 'delete') await remove(name)
                  else if (kind === 'come') online.come({ id: name, name })
                  else online.go(name)
                }
              }
              expect(shown).toEqual([...new Set(shown)].toSorted())
              expect([...throughout].filter((one) => !shown.includes(one))).toEqual([])
            },
          )
          .afterEach(async () => {
            for (const { id } of online.slice(0, 1000)) online.go(id)
            await database.db.deleteFrom('users').execute()
          }),
        { numRuns: 40 },
      )
    })
  })
}
