import { foldName } from '@rollcall/protocol'

import type { Database } from '../../platform/database.ts'
import { HeadCount } from '../head-count.ts'
import { Landmarks } from '../landmarks.ts'
import { MadeUpUsersRepository } from '../made-up-users-repository.ts'
import { type PageQuery, UserPages } from '../user-pages.ts'
import { UsersRepository } from '../users-repository.ts'
import { ListedOnline } from './listed-online.ts'

/** A test of what the directory promises, on an empty one. */
export type Rule = (title: string, hold: (directory: TestedDirectory) => Promise<void>) => void

/** The directory on a database, as tests fill it and ask it. A test takes what it needs out of it. */
export class TestedDirectory {
  readonly users: UsersRepository
  readonly online = new ListedOnline()
  readonly pages: UserPages
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
    const users = (this.users = new UsersRepository(database.db))
    this.pages = new UserPages({
      users,
      online: this.online,
      landmarks: new Landmarks({ survey: (every) => users.landmarks(every), log: { warn: () => {} } }),
      headCount: new HeadCount({ ask: () => users.total(), log: { warn: () => {} } }),
    })
  }

  /** Accounts whose ids are their folded names. */
  readonly add = (...names: string[]) =>
    new MadeUpUsersRepository(this.#database.db).add(
      names.map((name) => ({ id: foldName(name), username: name, key: foldName(name) })),
    )

  readonly remove = (...names: string[]) =>
    this.#database.db.deleteFrom('users').where('username_key', 'in', names.map(foldName)).execute()

  readonly empty = () => this.#database.db.deleteFrom('users').execute()

  readonly page = (query: Partial<PageQuery> = {}) =>
    this.pages.page({ part: '', status: undefined, limit: 50, start: { after: '' }, ...query })

  readonly names = async (query: Partial<PageQuery> = {}) =>
    (await this.page(query)).users.map(({ username }) => username)

  readonly search = (part: string, query: Partial<PageQuery> = {}) => this.names({ part, ...query })
}
