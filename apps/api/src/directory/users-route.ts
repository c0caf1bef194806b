import { UserParams, UserPresence, UsersAnswer, UsersQuery } from '@rollcall/protocol'

import type { App } from '../platform/http.ts'
import { fieldProblem, problem } from '../platform/problem.ts'
import { decodeCursor, encodeCursor } from './page-cursor.ts'
import type { PageStart, UserPages } from './user-pages.ts'

interface UsersRoutesOptions {
  readonly pages: Pick<UserPages, 'page' | 'find'>
}

/** The directory. Who asks has to be logged in: the scope that this is registered in sees to that. */
export function usersRoutes(app: App, { pages }: UsersRoutesOptions): void {
  app.get(
    '/api/users',
    {
      schema: {
        operationId: 'listUsers',
        summary: 'A page of the directory, in name order',
        tags: ['directory'],
        querystring: UsersQuery,
        response: { 200: UsersAnswer },
      },
    },
    async ({ query }) => {
      const { q: part = '', status, limit } = query
      const { users, next, counts } = await pages.page({ part, status, limit, start: startOf(query) })
      return { users, nextCursor: next === null ? null : encodeCursor(next), counts }
    },
  )

  app.get(
    '/api/users/:id',
    {
      schema: {
        operationId: 'getUser',
        summary: 'One user',
        tags: ['directory'],
        params: UserParams,
        response: { 200: UserPresence },
      },
    },
    async ({ params }) => {
      const user = await pages.find(params.id)
      if (user === undefined) throw problem(404, 'There is no user with this id.')
      return user
    },
  )
}

function startOf({ cursor, at }: UsersQuery): PageStart {
  if (cursor === undefined) return at === undefined ? { after: '' } : { at }
  if (at !== undefined) {
    throw fieldProblem([{ field: 'at', message: 'Not together with cursor. Allowed: one of the two.' }])
  }
  const after = decodeCursor(cursor)
  if (after === null) {
    throw fieldProblem([
      { field: 'cursor', message: 'Not known. Allowed: the nextCursor of an earlier answer.' },
    ])
  }
  return { after }
}
