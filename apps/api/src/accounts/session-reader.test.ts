import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MockInstance } from 'vitest'

import type { Database } from '../platform/database.ts'
import { COOKIE, hashToken, signToken } from '../platform/session-cookie.ts'
import { openEmbeddedTestDatabase } from '../testing/test-database.ts'
import { AccountsRepository } from './accounts-repository.ts'
import { SessionReader } from './session-reader.ts'
import { SessionsRepository } from './sessions-repository.ts'

const SECRET = 'a secret of a test'

describe('sessions for websockets', () => {
  let database: Database
  let sessions: SessionsRepository
  let reader: SessionReader
  let queries: MockInstance<SessionsRepository['useAll']>
  beforeAll(async () => {
    database = await openEmbeddedTestDatabase()
  })
  afterAll(() => database.close())
  beforeEach(() => {
    sessions = new SessionsRepository(database.db, { idleDays: 14, maxDays: 90 })
    reader = new SessionReader({ sessions, secret: SECRET })
    queries = vi.spyOn(sessions, 'useAll')
  })

  async function logIn(names: readonly string[]): Promise<void> {
    const accounts = new AccountsRepository(database.db)
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop
      const account = await accounts.add(name, 'hash')
      // oxlint-disable-next-line no-await-in-loop
      if (account !== null) await sessions.begin(account, hashToken(`token of ${name}`), null)
    }
  }

  it('are read in one query for all upgrades of one turn, each answered with its own', async () => {
    const names = ['ann', 'bob', 'cleo']
    await logIn(names)
    const read = await Promise.all([
      ...names.map((name) => reader.readSession(cookieOf(`token of ${name}`), false)),
      reader.readSession(cookieOf('another token'), false),
      reader.readSession(`${COOKIE}=not-signed`, false),
      reader.readSession(undefined, false),
    ])
    expect(read.map((session) => session?.user.username)).toEqual([...names, undefined, undefined, undefined])
    expect(queries).toHaveBeenCalledTimes(1)
    await database.db.deleteFrom('sessions').execute()
    expect(await reader.readSession(cookieOf('token of ann'), false)).toBeNull()
  })

  describe('in time', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
    afterEach(() => void vi.useRealTimers())

    const turn = () => new Promise(setImmediate)

    it('are read at once for who comes alone, and together for who comes close behind him', async () => {
      queries.mockImplementation(() => Promise.resolve(new Map()))
      await reader.readSession(cookieOf('first'), false)
      vi.advanceTimersByTime(10)
      const second = reader.readSession(cookieOf('second'), false)
      await turn()
      vi.advanceTimersByTime(10)
      const third = reader.readSession(cookieOf('third'), false)
      await turn()
      expect(queries).toHaveBeenCalledTimes(1)
      vi.advanceTimersByTime(5)
      await Promise.all([second, third])
      vi.advanceTimersByTime(25)
      await reader.readSession(cookieOf('fourth'), false)
      expect(queries.mock.calls.map(([hashes]) => hashes.length)).toEqual([1, 2, 1])
    })

    it('are read a hundred at a time, one query after the other, also after one that failed', async () => {
      const first = Promise.withResolvers<Map<string, never>>()
      queries.mockImplementation(() => Promise.resolve(new Map())).mockReturnValueOnce(first.promise)
      const read = Promise.allSettled(
        Array.from({ length: 250 }, (_, n) => reader.readSession(cookieOf(`nobody ${n}`), false)),
      )
      await turn()
      await vi.advanceTimersByTimeAsync(1_000)
      await turn()
      expect(queries).toHaveBeenCalledTimes(1)
      first.reject(new Error('the database is away'))
      await turn()
      await turn()
      await vi.advanceTimersByTimeAsync(50)
      await turn()
      await vi.advanceTimersByTimeAsync(50)
      const outcomes = await read
      expect(outcomes.map(({ status }) => status)).toEqual([
        ...Array.from({ length: 100 }, () => 'rejected'),
        ...Array.from({ length: 150 }, () => 'fulfilled'),
      ])
      expect(queries.mock.calls.map(([hashes]) => hashes.length)).toEqual([100, 100, 50])
    })
  })
})

function cookieOf(token: string): string {
  return `${COOKIE}=${encodeURIComponent(signToken(token, SECRET))}`
}
