import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Account, AccountsRepository } from '../accounts/accounts-repository.ts'
import { SessionsRepository } from '../accounts/sessions-repository.ts'
import type { Database } from '../platform/database.ts'

/** What accounts and sessions do on PGlite and on PostgreSQL alike. */
export function accountsContract(open: () => Promise<Database>): void {
  describe('accounts and sessions in the database', () => {
    let database: Database
    let accounts: AccountsRepository
    let sessions: SessionsRepository
    let made = 0

    beforeAll(async () => {
      database = await open()
      accounts = new AccountsRepository(database.db)
      sessions = new SessionsRepository(database.db, { idleDays: 14, maxDays: 90 })
    })
    afterAll(() => database.close())

    const someAccount = async (): Promise<Account> => {
      const account = await accounts.add(`Somebody-${++made}`, `hash ${made}`)
      if (account === null) throw new Error('the name is taken')
      return account
    }
    const begin = async (account: Account) => {
      const token = `token ${++made}`
      const session = await sessions.begin(account, token, 'A browser')
      if (session === null) throw new Error('no session began')
      return { token, id: session.id, session }
    }
    const DAY = 86_400_000
    /** Lets the time of a session pass. */
    const age = (id: string, days: number) =>
      sql`update sessions set created_at = created_at - make_interval(days => ${days}::int),
        last_used_at = last_used_at - make_interval(days => ${days}::int),
        expires_at = expires_at - make_interval(days => ${days}::int) where id = ${id}`.execute(database.db)

    it('find a name in any case and width, as it was typed', async () => {
      const account = await accounts.add('ＪｏｓÉ', 'hash')
      expect(await accounts.findByName('josé')).toEqual(account)
      expect(await accounts.findByName('JOSE\u0301')).toEqual(account)
      expect(await accounts.add('josé', 'hash')).toBeNull()
      expect(await accounts.findByName('jose')).toBeNull()
    })

    it('know a session by the hash of its token, with who it is', async () => {
      const account = await someAccount()
      const { token, session } = await begin(account)
      expect(await sessions.use(token)).toEqual(session)
      expect(session.user).toEqual({ id: account.id, username: account.username })
      expect(session.expiresAt.getTime() - session.createdAt.getTime()).toBeCloseTo(14 * DAY, -5)
      expect(await sessions.use('another token')).toBeNull()
    })

    it('know many sessions at once, each by its own hash, and count each as used', async () => {
      const [ann, bob] = [await someAccount(), await someAccount()]
      const [one, two, gone] = [await begin(ann), await begin(bob), await begin(bob)]
      await age(one.id, 13)
      await age(gone.id, 15)
      const known = await sessions.useAll([one.token, two.token, gone.token, 'another token'])
      expect([...known.keys()].toSorted()).toEqual([one.token, two.token].toSorted())
      expect(known.get(one.token)?.user).toEqual({ id: ann.id, username: ann.username })
      expect(known.get(two.token)).toEqual(two.session)
      await age(one.id, 13)
      expect(await sessions.use(one.token)).not.toBeNull()
      expect(await sessions.useAll([])).toEqual(new Map())
    })

    it('end a session that is not used for its idle days', async () => {
      const { token, id } = await begin(await someAccount())
      await age(id, 13)
      expect(await sessions.use(token)).not.toBeNull()
      await age(id, 13)
      expect(await sessions.use(token)).not.toBeNull()
      await age(id, 15)
      expect(await sessions.use(token)).toBeNull()
    })

    it('end a session after its greatest age, however much it is used', async () => {
      const { token, id } = await begin(await someAccount())
      for (let day = 0; day < 84; day += 12) {
        // oxlint-disable-next-line no-await-in-loop
        await age(id, 12)
        // oxlint-disable-next-line no-await-in-loop
        expect(await sessions.use(token)).not.toBeNull()
      }
      await age(id, 7)
      expect(await sessions.use(token)).toBeNull()
    })

    it('write down at most once a minute that a session is used', async () => {
      const { token, id } = await begin(await someAccount())
      const lastUsed = async () =>
        (
          await database.db
            .selectFrom('sessions')
            .select('last_used_at')
            .where('id', '=', id)
            .executeTakeFirst()
        )?.last_used_at
      const first = await lastUsed()
      await sessions.use(token)
      expect(await lastUsed()).toEqual(first)
      await age(id, 1)
      await sessions.use(token)
      expect((await lastUsed())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? 0)
    })

    it('say which of many sessions have ended, and count an open websocket as use', async () => {
      const account = await someAccount()
      const [one, old, gone] = [await begin(account), await begin(account), await begin(account)]
      await age(old.id, 13)
      await age(gone.id, 15)
      expect(await sessions.ended([one.id, old.id, gone.id, 'nobody'])).toEqual([gone.id, 'nobody'])
      await age(old.id, 13)
      expect(await sessions.ended([old.id])).toEqual([])
      expect(await sessions.ended([])).toEqual([])
    })

    it('never revive a session that has ended', async () => {
      const { token, id } = await begin(await someAccount())
      await sessions.end(token)
      await sessions.keep(token, { anything: true })
      expect(await sessions.use(token)).toBeNull()
      expect(await sessions.ended([id])).toEqual([id])
    })

    it('begin no session with a password that was changed meanwhile, nor for a deleted account', async () => {
      const account = await someAccount()
      const { id } = await begin(account)
      expect(await sessions.changePassword(account, 'new hash', id, 'new token')).toEqual({ ended: [] })
      expect(await sessions.begin(account, 'late token', null)).toBeNull()
      const changed = { ...account, passwordHash: 'new hash' }
      expect(await accounts.remove(account)).toBeNull()
      expect(await accounts.remove(changed)).toEqual({ sessions: [id] })
      expect(await sessions.begin(changed, 'late token', null)).toBeNull()
      expect(await accounts.find(account.id)).toBeNull()
    })

    it('give the session that changes the password a new token, and end all others', async () => {
      const account = await someAccount()
      const [here, there] = [await begin(account), await begin(account)]
      expect(await sessions.changePassword(account, 'new hash', here.id, 'a new token')).toEqual({
        ended: [there.id],
      })
      expect(await sessions.use(here.token)).toBeNull()
      expect(await sessions.use(there.token)).toBeNull()
      expect((await sessions.use('a new token'))?.id).toBe(here.id)
    })

    it('change no password from a session that has ended', async () => {
      const account = await someAccount()
      const { token, id } = await begin(account)
      await sessions.end(token)
      expect(await sessions.changePassword(account, 'new hash', id, 'a new token')).toBeNull()
      expect((await accounts.find(account.id))?.passwordHash).toBe(account.passwordHash)
    })

    it('end sessions of their user only', async () => {
      const [ana, ben] = [await someAccount(), await someAccount()]
      const [first, second, other] = [await begin(ana), await begin(ana), await begin(ben)]
      expect(await sessions.endOf(ben.id, first.id)).toBe(false)
      expect(await sessions.endOf(ana.id, first.id)).toBe(true)
      const third = await begin(ana)
      expect(await sessions.endOthers(ana.id, third.id)).toEqual([second.id])
      expect((await sessions.devicesOf(ana.id)).map((device) => device.id)).toEqual([third.id])
      expect((await sessions.devicesOf(ben.id)).map((device) => device.id)).toEqual([other.id])
    })

    it('forget what has expired, a few at a time', async () => {
      const account = await someAccount()
      const old = [await begin(account), await begin(account), await begin(account)]
      const { token } = await begin(account)
      for (const { id } of old) {
        // oxlint-disable-next-line no-await-in-loop
        await age(id, 15)
      }
      while ((await sessions.sweep(2)) > 0);
      const kept = await database.db
        .selectFrom('sessions')
        .select('id')
        .where('user_id', '=', account.id)
        .execute()
      expect(kept).toHaveLength(1)
      expect(await sessions.use(token)).not.toBeNull()
    })
  })
}
