import { expect, it } from 'vitest'

import { accountsContract } from '../testing/accounts-contract.ts'
import { openPostgresTestDatabase } from '../testing/test-database.ts'
import { AccountsRepository } from './accounts-repository.ts'
import { SessionsRepository } from './sessions-repository.ts'

accountsContract(openPostgresTestDatabase)

it('a log-in that waits for a password change under way begins no session with the old password', async () => {
  const database = await openPostgresTestDatabase()
  try {
    const account = await new AccountsRepository(database.db).add('michael', 'old hash')
    if (account === null) throw new Error('the name is taken')
    const sessions = new SessionsRepository(database.db, { idleDays: 14, maxDays: 90 })
    const changed = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const change = database.db.transaction().execute(async (trx) => {
      await trx.updateTable('users').set({ password_hash: 'new hash' }).execute()
      changed.resolve()
      await commit.promise
    })
    await changed.promise
    const logIn = sessions.begin(account, 'a token', null)
    await new Promise((resolve) => setTimeout(resolve, 100))
    commit.resolve()
    await change
    expect(await logIn).toBeNull()
  } finally {
    await database.close()
  }
})
