import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Database } from '../platform/database.ts'
import { isUniqueViolation } from '../platform/database-error.ts'

/** What PGlite and PostgreSQL both have to do alike. */
export function databaseContract(open: () => Promise<Database>): void {
  describe('the database', () => {
    let database: Database

    beforeAll(async () => {
      database = await open()
    })
    afterAll(() => database.close())

    const total = async () =>
      (await database.db.selectFrom('head_count').select('total').executeTakeFirstOrThrow()).total
    const user = (n: number) => ({
      id: `user-${n}`,
      username: `User${n}`,
      username_key: `user${n}`,
      password_hash: null,
      last_seen_at: null,
    })

    it('can be prepared again, which changes nothing', async () => {
      await database.prepare()
      expect(database.isUp()).toBe(true)
    })

    it('keeps the number of users at inserts and deletions of many', async () => {
      await database.db
        .insertInto('users')
        .values([user(1), user(2), user(3)])
        .execute()
      expect(await total()).toBe(3)
      await database.db.deleteFrom('users').where('id', 'in', ['user-1', 'user-2']).execute()
      expect(await total()).toBe(1)
      await database.db
        .insertInto('users')
        .values(user(3))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      expect(await total()).toBe(1)
    })

    it('tells a name that is taken from other faults', async () => {
      const twice = database.db
        .insertInto('users')
        .values({ ...user(3), id: 'another' })
        .execute()
      expect(isUniqueViolation(await twice.catch((error: unknown) => error))).toBe(true)
      const nonsense = sql`select nonsense`.execute(database.db)
      expect(isUniqueViolation(await nonsense.catch((error: unknown) => error))).toBe(false)
    })

    it('keeps what others ask out of an open transaction', async () => {
      const opened = Promise.withResolvers<void>()
      const transaction = database.db.transaction().execute(async (trx) => {
        await trx.insertInto('users').values(user(10)).execute()
        opened.resolve()
        await new Promise((resolve) => setTimeout(resolve, 50))
        throw new Error('back')
      })
      await opened.promise
      const other = database.db.insertInto('users').values(user(11)).execute()
      await expect(transaction).rejects.toThrow('back')
      await other
      const rows = await database.db
        .selectFrom('users')
        .select('id')
        .where('id', 'in', ['user-10', 'user-11'])
        .execute()
      expect(rows).toEqual([{ id: 'user-11' }])
    })

    it('gives times as dates and 64 bit numbers as numbers', async () => {
      const { rows } = await sql<{ at: Date; n: number }>`
        select timestamptz '2026-01-02T03:04:05.678Z' as at, 9007199254740991::bigint as n`.execute(
        database.db,
      )
      expect(rows).toEqual([{ at: new Date('2026-01-02T03:04:05.678Z'), n: 9007199254740991 }])
    })

    it('orders names as their UTF-8 bytes', async () => {
      await database.db.deleteFrom('users').execute()
      const keys = ['\u{10400}', '\uFB13', 'z', 'é', 'a']
      await database.db
        .insertInto('users')
        .values(
          keys.map((key) => ({
            id: key,
            username: key,
            username_key: key,
            password_hash: null,
            last_seen_at: null,
          })),
        )
        .execute()
      const rows = await database.db.selectFrom('users').select('id').orderBy('username_key').execute()
      expect(rows.map((row) => row.id)).toEqual(['a', 'z', 'é', '\uFB13', '\u{10400}'])
    })
  })
}
