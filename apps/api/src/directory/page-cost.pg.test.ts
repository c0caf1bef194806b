import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openPostgresTestDatabase, type PostgresTestDatabase } from '../testing/test-database.ts'
import { Landmarks } from './landmarks.ts'
import { MadeUpUsersRepository } from './made-up-users-repository.ts'
import { type CountedDatabase, openCountedDatabase, type Work } from './testing/counted-database.ts'
import { ListedOnline } from './testing/listed-online.ts'
import { type PageQuery, UserPages } from './user-pages.ts'
import { UsersRepository } from './users-repository.ts'

const FEW = 100
const MANY = 100_000
const SHOWN = 40

/** `00000abc` to `99999xyz`, in no order: half of them end in `abc`, one in three hundred or so holds `421`. */
function nameOf(n: number): string {
  return `${String((n * 7919) % MANY).padStart(5, '0')}${n % 2 === 0 ? 'abc' : 'xyz'}`
}

/** Everything at once, and the index of the search last: several times as fast as by statements of some thousands. */
async function filled(count: number): Promise<PostgresTestDatabase> {
  const database = await openPostgresTestDatabase()
  await database.db.transaction().execute(async (db) => {
    const names = JSON.stringify(Array.from({ length: count }, (_, n) => nameOf(n)))
    await sql`set local statement_timeout = 0`.execute(db)
    await sql`alter table users disable trigger users_added_to_search`.execute(db)
    await sql`
      insert into users (id, username, username_key)
      select 'id' || n - 1, name, name from json_array_elements_text(${names}) with ordinality as names (name, n)
    `.execute(db)
    await sql`alter table users enable trigger users_added_to_search`.execute(db)
    await sql`alter table name_grams drop constraint name_grams_pkey`.execute(db)
    await sql`insert into name_grams select gram, username_key from users, grams_of(username_key) gram`.execute(
      db,
    )
    await sql`alter table name_grams add primary key (gram, username_key)`.execute(db)
  })
  await new MadeUpUsersRepository(database.db).tidy()
  return database
}

describe('what a page of the directory costs', () => {
  const opened: { close(): Promise<void> }[] = []
  let few: CountedDatabase
  let many: CountedDatabase
  const landmarks = new Landmarks({
    survey: (every) => new UsersRepository(many.db).landmarks(every),
    log: { warn: () => {} },
  })

  beforeAll(async () => {
    const databases = await Promise.all([filled(FEW), filled(MANY)])
    const counted = await Promise.all(databases.map(({ url }) => openCountedDatabase(url)))
    opened.push(...databases, ...counted)
    ;[few, many] = [counted[0] ?? never(), counted[1] ?? never()]
  })
  afterAll(async () => {
    for (const one of opened.toReversed()) await one.close()
  })

  /** Ten of the first hundred are online. */
  function workOf(counted: CountedDatabase, query: Partial<PageQuery>): Promise<Work> {
    const users = new UsersRepository(counted.db)
    const online = new ListedOnline()
    for (let n = 0; n < 100; n += 10) online.come({ id: `id${n}`, name: nameOf(n) })
    const pages = new UserPages({
      users,
      online,
      landmarks,
      headCount: { read: () => users.total() },
    })
    return counted.count(() =>
      pages.page({ part: '', status: undefined, limit: SHOWN, start: { after: '' }, ...query }),
    )
  }

  it.each<[string, Partial<PageQuery>]>([
    ['the first page', {}],
    ['a deep page', { start: { after: '50000' } }],
    ['of those offline', { status: 'offline' }],
    ['of those offline, a deep page', { status: 'offline', start: { after: '50000' } }],
    ['of those online', { status: 'online' }],
    ['with a common part', { part: 'abc' }],
    ['with a common part, a deep page', { part: 'abc', start: { after: '20000' } }],
    ['with a common part of two characters', { part: 'ab' }],
    ['with a common part, of those offline', { part: 'abc', status: 'offline' }],
  ])(`%s: as many rows are looked at among ${MANY} accounts as among ${FEW}`, async (_, query) => {
    const [amongFew, amongMany] = [await workOf(few, query), await workOf(many, query)]
    expect(amongMany.rows).toBeLessThanOrEqual(amongFew.rows * 1.3)
    expect(amongMany.pages).toBeLessThanOrEqual(amongFew.pages + 6 * SHOWN)
  })

  it.each<[string, Partial<PageQuery>]>([
    ['a part in one of three hundred', { part: '421' }],
    ['a part in one of three hundred, deep', { part: '421', start: { after: '90000' } }],
    ['a part in one of three thousand', { part: '4217' }],
    ['a part that begins commonly and ends rarely', { part: 'abc9' }],
    ['a whole name', { part: '04217xyz' }],
    ['nobody', { part: 'zzz' }],
    ['nobody, of those offline', { part: '777777', status: 'offline' }],
    ['a rare part of two characters', { part: 'cx' }],
    ['a rank', { start: { at: 1900 } }],
  ])(`%s: a page looks at no more than a fraction of ${MANY} accounts`, async (_, query) => {
    await landmarks.find(1, MANY, () => 0)
    const work = await workOf(many, query)
    expect(work.rows).toBeLessThanOrEqual(MANY / 40)
    expect(work.pages).toBeLessThanOrEqual(MANY / 400)
  })
})

function never(): never {
  throw new Error('not opened')
}
