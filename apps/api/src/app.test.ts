import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { Problem, Readiness, UserAnswer } from '@rollcall/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

import { startTestServer, type TestServer } from './testing/test-server.ts'
import { Visitor } from './testing/visitor.ts'

describe('the application', () => {
  let server: TestServer
  let visitor: Visitor

  beforeAll(async () => {
    server = await startTestServer({ TRUST_PROXY: 'loopback', METRICS_TOKEN: 'let-me-see' })
    visitor = new Visitor(server.address)
  })
  afterAll(() => server.stop())

  const credentials = { username: 'nobody', password: 'johnson123' }
  const json = { 'content-type': 'application/json' }

  /** Bytes as they are, and the answer as it comes. */
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(server.address).port), '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => {
        answer += chunk
        socket.end()
      })
      socket.on('close', () => resolve(answer))
      socket.on('error', reject)
    })

  describe('answers problems as problem+json', () => {
    const cases: [string, () => Promise<{ status: number; text: string }>, number][] = [
      ['a route that is not there', () => visitor.get('/api/nothing'), 404],
      ['another method', () => visitor.delete('/api/auth/login'), 404],
      ['a URL that is none', () => visitor.get('/api/users/%zz'), 400],
      ['JSON that is none', () => visitor.post('/api/auth/login', '{'), 400],
      ['an empty body', () => visitor.post('/api/auth/login', '', { headers: json }), 400],
      ['a poisoned body', () => visitor.post('/api/auth/login', '{"__proto__":{"x":1}}'), 400],
      [
        'text',
        () => visitor.post('/api/auth/login', 'x', { headers: { 'content-type': 'text/plain' } }),
        415,
      ],
      [
        'a form',
        () =>
          visitor.post('/api/auth/login', 'username=a', {
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          }),
        415,
      ],
      ['a long body', () => visitor.post('/api/auth/login', { ...credentials, x: 'x'.repeat(17_000) }), 413],
      ['an id that is too long', () => visitor.get(`/api/auth/sessions/${'x'.repeat(3000)}`), 404],
    ]
    it.each(cases)('%s', async (_what, ask, status) => {
      const answer = await ask()
      expect(answer.status).toBe(status)
      expect(Problem.parse(JSON.parse(answer.text))).toMatchObject({ status, type: /^urn:/ })
    })

    it.each([
      ['no Host', 'GET /api/users HTTP/1.1\r\n\r\n', 400],
      [
        'headers that are too long',
        `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
        431,
      ],
      ['a path that leads out', 'GET /../../secret HTTP/1.1\r\nHost: x\r\n\r\n', 404],
      ['a host as a path', 'GET //elsewhere.example HTTP/1.1\r\nHost: x\r\n\r\n', 404],
      ['what is no HTTP', 'HELLO\r\n\r\n', 400],
    ])('%s', async (_what, text, status) => {
      const answer = await raw(text)
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(answer).toContain('application/problem+json')
      expect(Problem.parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).status).toBe(status)
    })
  })

  it.each([
    ['a URL that is none', '/api/%zz', 400],
    ['a foreign origin', '/api/ws', 403],
    ['another route', '/api/auth/session', 401],
    ['no route', '/api/nothing', 404],
  ])('closes the connection of an upgrade that it refuses: %s', async (_what, path, status) => {
    const headers = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
    const origin = status === 403 ? 'Origin: https://elsewhere.example\r\n' : ''
    const socket = connect({ port: Number(new URL(server.address).port), host: '127.0.0.1' })
    socket.setEncoding('utf8')
    let answer = ''
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.write(`GET ${path} HTTP/1.1\r\n${headers}${key}${origin}\r\n`)
    await once(socket, 'close')
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })

  describe('refuses what comes from another site', () => {
    const logIn = (headers: Record<string, string>) =>
      visitor.post('/api/auth/login', credentials, { headers: { ...json, ...headers } })
    const own = () => new URL(server.address).host

    it.each([
      [{ origin: 'https://elsewhere.example' }],
      [{ origin: 'null' }],
      [{ origin: 'http://localhost.elsewhere.example:3000' }],
      [{ 'sec-fetch-site': 'cross-site' }],
    ])('%j', async (headers) => {
      const answer = await logIn(headers)
      expect(answer.status).toBe(403)
      expect(answer.json(Problem).detail).toContain('PUBLIC_ORIGIN')
    })

    it('also where it only reads, but no link that leads here', async () => {
      const read = (headers: Record<string, string>) => visitor.get('/api/openapi.json', { headers })
      const refused = await read({ origin: 'https://elsewhere.example' })
      expect(refused.status).toBe(403)
      expect(refused.json(Problem).detail).toContain('PUBLIC_ORIGIN')
      expect((await read({ 'sec-fetch-site': 'cross-site' })).status).toBe(200)
      expect((await read({ origin: `http://${own()}` })).status).toBe(200)
    })

    it('but not its own pages, whatever ended TLS, nor programs', async () => {
      expect((await logIn({ origin: `http://${own()}` })).status).toBe(401)
      expect((await logIn({ origin: `https://${own()}` })).status).toBe(401)
      expect((await logIn({ origin: 'https://a.example', host: 'A.example:443' })).status).toBe(401)
      expect((await logIn({})).status).toBe(401)
    })
  })

  it('never has its answers kept, and says which request they are to', async () => {
    const answer = await visitor.get('/api/auth/session', { headers: { 'x-request-id': 'my-request.1' } })
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['x-request-id']).toBe('my-request.1')
    const forged = await visitor.get('/healthz', { headers: { 'x-request-id': 'a b"c' } })
    expect(forged.headers['x-request-id']).toMatch(/^[\w-]{12}$/)
  })

  it('writes one line a request, with its id, and no secret', async () => {
    await visitor.post(
      '/api/auth/login',
      { username: 'nobody', password: 'very-secret-word' },
      {
        headers: { 'x-request-id': 'one-line' },
      },
    )
    const lines = server.lines.filter((line) => line.includes('one-line'))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      reqId: 'one-line',
      method: 'POST',
      path: '/api/auth/login',
      status: 401,
    })
    expect(server.lines.join('')).not.toContain('very-secret-word')
  })

  describe('tells browsers what may run here', () => {
    it('on plain http nothing that only https can keep', async () => {
      const { headers } = await visitor.get('/')
      expect(headers['content-security-policy']).toContain("script-src 'self'")
      expect(headers['content-security-policy']).toContain(`ws://${new URL(server.address).host}`)
      expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
      expect(headers['strict-transport-security']).toBeUndefined()
    })

    it('on https to stay there', async () => {
      const { headers } = await visitor.get('/', { headers: { 'x-forwarded-proto': 'https' } })
      expect(headers['content-security-policy']).toContain('upgrade-insecure-requests')
      expect(headers['strict-transport-security']).toContain('max-age')
    })

    it('with problems and refused upgrades, too, and the reference page what it needs', async () => {
      const policy = "style-src 'self';"
      const problem = await visitor.get('/api/nothing')
      expect([problem.status, problem.headers['content-security-policy']]).toEqual([
        404,
        expect.stringContaining(policy),
      ])
      const refused = await raw(
        'GET /api/ws HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
      expect(refused).toContain('HTTP/1.1 401')
      expect(refused).toContain(policy)
      const reference = await visitor.get('/api/docs')
      expect(reference.headers['content-security-policy']).toContain("style-src 'self' 'unsafe-inline';")
    })
  })

  it('gives a cookie over https that only this host can set, and takes no other there', async () => {
    const secure = { headers: { 'x-forwarded-proto': 'https' } }
    const browser = new Visitor(server.address)
    const body = { username: 'secure', password: 'johnson123' }
    const answer = await browser.post('/api/auth/signup', body, secure)
    const [line = ''] = [answer.headers['set-cookie'] ?? ''].flat()
    expect(line).toMatch(/^__Host-rollcall=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/)
    expect((await browser.get('/api/auth/session', secure)).status).toBe(200)
    const plain = { cookie: browser.cookie.replace('__Host-', '') }
    expect(
      (await visitor.get('/api/auth/session', { headers: { ...secure.headers, ...plain } })).status,
    ).toBe(401)
    await browser.post('/api/auth/logout', undefined, secure)
    expect(browser.cookie).toBe('')
  })

  it('says how it is in HTTP/1.0 too, where nobody names a host', async () => {
    expect(await raw('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
  })

  it('says how it is without looking at the database', async () => {
    expect((await visitor.get('/healthz')).status).toBe(200)
    const ready = await visitor.get('/readyz', { headers: { cookie: 'rollcall=nonsense' } })
    expect(ready.json(Readiness)).toEqual({ status: 'ready', parts: { database: 'up', redis: 'unused' } })
  })

  it('shows its metrics to who has the token', async () => {
    expect((await visitor.get('/metrics')).status).toBe(401)
    const answer = await visitor.get('/metrics', { headers: { authorization: 'Bearer let-me-see' } })
    expect(answer.text).toContain('rollcall_users_online 0')
    expect(answer.headers['content-type']).toContain('text/plain')
  })

  it('shows how busy it has been since it was asked last', async () => {
    const utilization = async () => {
      const { text } = await visitor.get('/metrics', { headers: { authorization: 'Bearer let-me-see' } })
      return Number(/^rollcall_event_loop_utilization (\S+)$/m.exec(text)?.[1])
    }
    await utilization()
    const until = performance.now() + 300
    while (performance.now() < until);
    const busy = await utilization()
    await sleep(300)
    const quiet = await utilization()
    expect(busy).toBeLessThanOrEqual(1)
    expect(quiet).toBeGreaterThan(0)
    expect(busy).toBeGreaterThan(quiet)
  })

  describe('describes itself', () => {
    const Description = z.object({
      openapi: z.string(),
      paths: z.record(
        z.string(),
        z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) })),
      ),
      components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
    })

    it('in OpenAPI 3.1, each route with all it may answer', async () => {
      const description = (await visitor.get('/api/openapi.json')).json(Description)
      expect(description.openapi).toMatch(/^3\.1/)
      expect(Object.keys(description.paths).toSorted()).toEqual([
        '/api/account',
        '/api/auth/login',
        '/api/auth/logout',
        '/api/auth/password',
        '/api/auth/session',
        '/api/auth/sessions',
        '/api/auth/sessions/{id}',
        '/api/auth/signup',
        '/api/users',
        '/api/users/{id}',
        '/healthz',
        '/readyz',
      ])
      const signUp = description.paths['/api/auth/signup']?.['post']
      expect(Object.keys(signUp?.responses ?? {})).toEqual([
        '201',
        '400',
        '403',
        '409',
        '413',
        '415',
        '429',
        '503',
      ])
      const users = description.paths['/api/users']?.['get']
      expect(Object.keys(users?.responses ?? {})).toEqual(['200', '400', '401', '403', '503'])
      expect(Object.keys(description.components.schemas).filter((name) => name.endsWith('Input'))).toEqual([])
    })

    it('with schemas for everything it refers to', async () => {
      const { text } = await visitor.get('/api/openapi.json')
      const { components } = Description.parse(JSON.parse(text))
      const named = Array.from(text.matchAll(/#\/components\/schemas\/(\w+)/g), (match) => match[1] ?? '')
      expect(new Set(named).difference(new Set(Object.keys(components.schemas)))).toEqual(new Set())
    })

    it('on a page whose script comes from here', async () => {
      const page = await visitor.get('/api/docs')
      expect(page.headers['content-type']).toContain('text/html')
      expect(page.text).not.toMatch(/(src|href)="https?:/)
      const script = await visitor.get('/api/docs/scalar.js')
      expect(script.status).toBe(200)
      expect(script.text).toContain('api-reference')
    })
  })

  it('answers with what its schemas say and nothing else', async () => {
    const answer = await new Visitor(server.address).post('/api/auth/signup', {
      username: 'plain',
      password: 'johnson123',
    })
    expect(Object.keys(answer.json(UserAnswer.strict()).user)).toEqual(['id', 'username'])
  })
})
