import fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { describe, expect, it, vi } from 'vitest'

import { Problem, UserPresence, UsersAnswer } from '@rollcall/protocol'

import { DatabaseUnavailable } from '../platform/database-error.ts'
import { answerError } from '../platform/error-handler.ts'
import type { PageQuery, UserPage } from './user-pages.ts'
import { usersRoutes } from './users-route.ts'

const ann: UserPresence = { id: 'a1', username: 'Ann', status: 'online', lastSeenAt: null }
const bob: UserPresence = {
  id: 'b2',
  username: 'Bob',
  status: 'offline',
  lastSeenAt: '2026-01-02T03:04:05.678Z',
}

function serving(next: string | null = null) {
  const counts = { online: 1, total: 2 }
  const page = vi
    .fn<(query: PageQuery) => Promise<UserPage>>()
    .mockResolvedValue({ users: [ann, bob], next, counts })
  const find = vi.fn((id: string) => Promise.resolve([ann, bob].find((user) => user.id === id)))
  const app = fastify().withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerError)
  usersRoutes(app, { pages: { page, find } })
  const get = (url: string) => app.inject({ url })
  return { get, page, find }
}

describe('GET /api/users', () => {
  it('gives 50 users from the start where nothing is asked for', async () => {
    const { get, page } = serving()
    const answer = await get('/api/users')
    expect(answer.statusCode).toBe(200)
    expect(UsersAnswer.parse(answer.json())).toEqual({
      users: [ann, bob],
      nextCursor: null,
      counts: { online: 1, total: 2 },
    })
    expect(page).toHaveBeenCalledWith({ part: '', status: undefined, limit: 50, start: { after: '' } })
  })

  it('takes what is asked for, empty parameters as left out, and passes over what it does not know', async () => {
    const { get, page } = serving()
    await get('/api/users?q=a%25n&status=offline&limit=7&at=120&sort=age')
    expect(page).toHaveBeenLastCalledWith({ part: 'a%n', status: 'offline', limit: 7, start: { at: 120 } })
    await get('/api/users?q=&status=&limit=&cursor=&at=')
    expect(page).toHaveBeenLastCalledWith({ part: '', status: undefined, limit: 50, start: { after: '' } })
  })

  it('goes on where the cursor says', async () => {
    const { get, page } = serving('bob')
    const { nextCursor } = UsersAnswer.parse((await get('/api/users')).json())
    await get(`/api/users?cursor=${nextCursor}&limit=200`)
    expect(page).toHaveBeenLastCalledWith({
      part: '',
      status: undefined,
      limit: 200,
      start: { after: 'bob' },
    })
  })

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=201'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=ten'],
    ['limit', 'limit=-1'],
    ['at', 'at=-1'],
    ['at', 'at=1e3'],
    ['at', 'at=99999999999999999999'],
    ['status', 'status=away'],
    ['status', 'status=online&status=offline'],
    ['cursor', 'cursor=garbage'],
    ['cursor', 'cursor=bmFtZTo'.concat('%3D')],
    ['cursor', `cursor=${'x'.repeat(2000)}`],
    ['at', 'at=0&cursor=bmFtZTpib2I'],
    ['q', `q=${'x'.repeat(129)}`],
  ])('names the field %s that is wrong in ?%s', async (field, query) => {
    const { get, page } = serving()
    const answer = await get(`/api/users?${query}`)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(Problem.parse(answer.json()).errors?.map((fault) => fault.field)).toEqual([field])
    expect(page).not.toHaveBeenCalled()
  })

  it('says that the database is away, and when to try again', async () => {
    const { get, page } = serving()
    page.mockRejectedValue(new DatabaseUnavailable('gone'))
    const answer = await get('/api/users')
    expect(answer.statusCode).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.body).not.toContain('gone')
  })
})

describe('GET /api/users/:id', () => {
  it('gives one user', async () => {
    const answer = await serving().get('/api/users/b2')
    expect(answer.statusCode).toBe(200)
    expect(UserPresence.parse(answer.json())).toEqual(bob)
  })

  it('does not know an id that names nobody', async () => {
    const answer = await serving().get('/api/users/c3')
    expect(answer.statusCode).toBe(404)
    expect(Problem.parse(answer.json()).status).toBe(404)
  })
})
