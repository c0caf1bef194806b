import { afterEach, expect, test, vi } from 'vitest'

import { HttpProblem, NetworkFailure } from './http-problem.ts'
import { RollcallHttp } from './http.ts'

afterEach(() => {
  vi.useRealTimers()
})

const user = { id: 'u1', username: 'michael' }
const problem = {
  type: 'about:blank',
  title: 'Conflict',
  status: 409,
  detail: 'This name is taken.',
  errors: [{ field: 'username', message: 'This name is taken.' }],
}
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

function answering(answer: () => Response | Promise<Response>) {
  const asked = vi.fn<typeof fetch>(async () => answer())
  const http = new RollcallHttp({ origin: 'http://rollcall', fetch: asked, headers: { cookie: 's=1' } })
  const request = () => {
    const [url, init] = asked.mock.calls[0] ?? []
    return { url, method: init?.method, body: init?.body, headers: init?.headers }
  }
  return { http, request }
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a log-in sends JSON and answers who it is', async () => {
  const { http, request } = answering(() => json(200, { user }))
  expect(await http.logIn({ username: 'michael', password: 'johnson123' })).toEqual(user)
  expect(request()).toEqual({
    url: 'http://rollcall/api/auth/login',
    method: 'POST',
    body: '{"username":"michael","password":"johnson123"}',
    headers: { cookie: 's=1', 'content-type': 'application/json' },
  })
})

test('a request without a body says nothing of its type', async () => {
  const { http, request } = answering(() => new Response(null, { status: 204 }))
  await http.logOut()
  expect(request().headers).toEqual({ cookie: 's=1' })
})

test('a page is asked for by what was given, and an id cannot leave its place', async () => {
  const { http, request } = answering(() =>
    json(200, { users: [], nextCursor: null, counts: { online: 0, total: 0 } }),
  )
  await http.users({ q: 'a&b', status: 'online', limit: 10, at: 0 })
  expect(request().url).toBe('http://rollcall/api/users?q=a%26b&status=online&limit=10&at=0')
  const other = answering(() => json(404, {}))
  await failureOf(other.http.user('../auth/session'))
  expect(other.request().url).toBe('http://rollcall/api/users/..%2Fauth%2Fsession')
})

test('a refusal is an HttpProblem with its fields and when to try again', async () => {
  const { http } = answering(() => json(409, problem, { 'retry-after': '7' }))
  const error = await failureOf(http.signUp({ username: 'michael', password: 'johnson123' }))
  if (!(error instanceof HttpProblem)) throw new Error('not an HttpProblem')
  expect(error.status).toBe(409)
  expect(error.message).toBe('This name is taken.')
  expect(error.of('username')?.message).toBe('This name is taken.')
  expect(error.of('password')).toBeUndefined()
  expect(error.retryAfterSeconds).toBe(7)
})

test("a refusal by somebody else, as a proxy's, is an HttpProblem too", async () => {
  const { http } = answering(() => new Response('<html>Bad gateway', { status: 502 }))
  const error = await failureOf(http.session())
  if (!(error instanceof HttpProblem)) throw new Error('not an HttpProblem')
  expect([error.status, error.retryAfterSeconds]).toEqual([502, undefined])
})

test.each([
  ['a server that cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
  ['an answer that is not as agreed', () => json(200, { somebody: 'else' })],
  ['an answer that is no JSON', () => new Response('<html>captive portal')],
])('%s is a NetworkFailure', async (_, answer) => {
  expect(await failureOf(answering(answer).http.session())).toBeInstanceOf(NetworkFailure)
})

test('a server that does not answer in time is a NetworkFailure', async () => {
  const http = new RollcallHttp({
    origin: 'http://rollcall',
    timeoutMs: 5,
    fetch: (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  })
  expect(await failureOf(http.session())).toBeInstanceOf(NetworkFailure)
})

test('a request that the caller gave up is his own to know', async () => {
  const { http } = answering(() => Promise.reject(new DOMException('given up', 'AbortError')))
  const error = await failureOf(http.users({ signal: AbortSignal.abort() }))
  expect(error).toBeInstanceOf(DOMException)
})

test.each([
  ['valid', () => json(200, { user, session: { id: 's', createdAt: iso, expiresAt: iso } })],
  ['ended', () => json(401, { ...problem, status: 401 })],
  ['unknown', () => json(503, { ...problem, status: 503 })],
  ['unknown', () => Promise.reject(new TypeError('fetch failed'))],
] as const)('the session is %s', async (session, answer) => {
  expect(await answering(answer).http.checkSession()).toBe(session)
})

const iso = '2026-01-01T00:00:00Z'
