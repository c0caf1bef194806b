import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import type { Database } from '../platform/database.ts'
import { COOKIE, hashToken, signToken } from '../platform/session-cookie.ts'
import { openEmbeddedTestDatabase } from '../testing/test-database.ts'
import { AccountsRepository } from './accounts-repository.ts'
import { SessionReader } from './session-reader.ts'
import { SessionsRepository } from './sessions-repository.ts'

const SECRET = 'a secret of a test'

describe('sessions for websockets', () => {
  let database: Database
  beforeAll(async () => {
    database = await openEmbeddedTestDatabase()
  })
  afterAll(() => database.close())

  it('are read in one query for all upgrades of one turn, each answered with its own', async () => {
    const accounts = new AccountsRepository(database.db)
    const sessions = new SessionsRepository(database.db, { idleDays: 14, maxDays: 90 })
    const reader = new SessionReader({ sessions, secret: SECRET })
    const names = ['ann', 'bob', 'cleo']
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop
      const account = await accounts.add(name, 'hash')
      // oxlint-disable-next-line no-await-in-loop
      if (account !== null) await sessions.begin(account, hashToken(`token of ${name}`), null)
    }
    const cookieOf = (token: string) => `${COOKIE}=${encodeURIComponent(signToken(token, SECRET))}`
    const useAll = vi.spyOn(sessions, 'useAll')
    const read = await Promise.all([
      ...names.map((name) => reader.readSession(cookieOf(`token of ${name}`), false)),
      reader.readSession(cookieOf('another token'), false),
      reader.readSession(`${COOKIE}=not-signed`, false),
      reader.readSession(undefined, false),
    ])
    expect(read.map((session) => session?.user.username)).toEqual([...names, undefined, undefined, undefined])
    expect(useAll).toHaveBeenCalledTimes(1)
    await database.db.deleteFrom('sessions').execute()
    expect(await reader.readSession(cookieOf('token of ann'), false)).toBeNull()
  })
})
