import { afterAll, beforeAll, beforeEach, it } from 'vitest'

import type { Database } from '../../platform/database.ts'
import { type Rule, TestedDirectory } from './tested-directory.ts'
import { pageRules } from './users-contract-pages.ts'
import { searchRules } from './users-contract-search.ts'
import { statusRules } from './users-contract-status.ts'
import { walkRules } from './users-contract-walk.ts'

/** What the directory promises on PGlite and on PostgreSQL alike. */
export function usersContract(open: () => Promise<Database>): void {
  let database: Database
  let directory: TestedDirectory

  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  beforeEach(async () => {
    directory = new TestedDirectory(database)
    await directory.empty()
  })

  const rule: Rule = (title, hold) => it(title, () => hold(directory))
  pageRules(rule)
  statusRules(rule)
  searchRules(rule)
  walkRules(rule)
}
