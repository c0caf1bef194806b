import { DevicesAnswer, Problem, SessionAnswer, UserAnswer } from '@rollcall/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { Visitor } from '../testing/visitor.ts'

describe('accounts', () => {
  let server: TestServer
  let made = 0

  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const password = 'johnson123'
  const someName = () => `somebody-${++made}`
  const visitor = () => new Visitor(server.address)
  const signUp = async (username = someName()) => {
    const who = visitor()
    const answer = await who.post('/api/auth/signup', { username, password })
    expect(answer.status).toBe(201)
    return { who, username, ...answer.json(UserAnswer) }
  }
  const logIn = async (username: string, word = password) => {
    const who = visitor()
    return { who, answer: await who.post('/api/auth/login', { username, password: word }) }
  }
  const sessionOf = async (who: Visitor) => (await who.get('/api/auth/session')).json(SessionAnswer).session
  const isIn = async (who: Visitor) => (await who.get('/api/auth/session')).status === 200

  describe('signing up', () => {
    it('logs in at once, with a cookie that scripts cannot read and that outlives the browser', async () => {
      const who = visitor()
      const answer = await who.post('/api/auth/signup', { username: 'michael', password: 'johnson123' })
      expect(answer.status).toBe(201)
      expect(answer.json(UserAnswer).user.username).toBe('michael')
      const [cookie = ''] = [answer.headers['set-cookie'] ?? ''].flat()
      expect(cookie).toMatch(/^rollcall=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)
      expect((await who.get('/api/auth/session')).json(SessionAnswer).user.username).toBe('michael')
    })

    it('keeps the name as typed, and knows it in any case and width', async () => {
      await signUp('ＷｉｄｅWendy')
      for (const typed of ['widewendy', 'WIDEWENDY', 'ＷｉｄｅWendy']) {
        const { answer } = await logIn(typed)
        expect(answer.json(UserAnswer).user.username).toBe('ＷｉｄｅWendy')
      }
      const again = await visitor().post('/api/auth/signup', { username: 'widewendy', password })
      expect(again.status).toBe(409)
      const problem = again.json(Problem)
      expect(problem.errors).toEqual([{ field: 'username', message: expect.stringContaining('taken') }])
    })

    it('names every field that is wrong', async () => {
      const answer = await visitor().post('/api/auth/signup', { username: '<b>', password: 'short' })
      expect(answer.status).toBe(400)
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
      expect(answer.json(Problem).errors?.map((error) => error.field)).toEqual(['username', 'password'])
    })

    it('refuses what does not fit the schema, by field', async () => {
      const fieldsOf = async (body: unknown) =>
        (await visitor().post('/api/auth/signup', body)).json(Problem).errors?.map((error) => error.field)
      expect(await fieldsOf({ username: 'x' })).toEqual(['password'])
      expect(await fieldsOf({ username: 1, password })).toEqual(['username'])
      expect(await fieldsOf({ username: 'x', password, admin: true })).toEqual(['admin'])
      expect(await fieldsOf([])).toEqual(['body'])
    })

    it('lets one of many who want the same name have it', async () => {
      const username = someName()
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => visitor().post('/api/auth/signup', { username, password })),
      )
      expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
        201, 409, 409, 409, 409, 409,
      ])
    })
  })

  describe('logging in', () => {
    it('gives a new session each time, and ends the one that the browser had', async () => {
      const { who, username } = await signUp()
      const before = { session: await sessionOf(who), cookie: who.cookie }
      await who.post('/api/auth/login', { username, password })
      expect((await sessionOf(who)).id).not.toBe(before.session.id)
      expect((await visitor().get('/api/auth/session', { headers: { cookie: before.cookie } })).status).toBe(
        401,
      )
    })

    it('does not take over an id that was planted in the browser', async () => {
      const { username } = await signUp()
      const who = visitor()
      who.cookies.set('rollcall', 'planted.signature')
      await who.post('/api/auth/login', { username, password })
      expect(who.cookies.get('rollcall')).not.toContain('planted')
    })

    it('answers the same for an unknown name and a wrong password', async () => {
      const { username } = await signUp()
      const wrong = (await logIn(username, 'wrong password')).answer
      const unknown = (await logIn('nobody-has-this', 'wrong password')).answer
      expect(wrong.status).toBe(401)
      expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text])
    })

    it('takes any name as a wrong one, however long or odd', async () => {
      for (const name of ['', 'x'.repeat(10_000), 'a\u0000b', '\u202E', '🙂']) {
        // oxlint-disable-next-line no-await-in-loop
        expect((await logIn(name)).answer.status).toBe(401)
      }
    })
  })

  describe('logging out', () => {
    it('ends the session for good and takes the cookie away', async () => {
      const { who } = await signUp()
      const { cookie } = who
      expect((await who.post('/api/auth/logout', undefined)).status).toBe(204)
      expect(who.cookie).toBe('')
      expect((await visitor().get('/api/auth/session', { headers: { cookie } })).status).toBe(401)
    })

    it('is fine without a session', async () => {
      expect((await visitor().post('/api/auth/logout', undefined)).status).toBe(204)
      expect((await visitor().post('/api/auth/logout', {})).status).toBe(204)
      const headers = { 'content-type': 'application/json' }
      expect((await visitor().post('/api/auth/logout', '', { headers })).status).toBe(204)
    })

    it('is not undone by requests that were under way', async () => {
      const { who } = await signUp()
      const { cookie } = who
      await Promise.all([
        ...Array.from({ length: 10 }, () => visitor().get('/api/users', { headers: { cookie } })),
        visitor().post('/api/auth/logout', undefined, { headers: { cookie } }),
        ...Array.from({ length: 10 }, () => visitor().get('/api/auth/sessions', { headers: { cookie } })),
      ])
      expect((await visitor().get('/api/auth/session', { headers: { cookie } })).status).toBe(401)
    })

    it('costs a browser no newer cookie when an older one is refused', async () => {
      const { who } = await signUp()
      const { cookie } = who
      await who.post('/api/auth/logout', undefined)
      const late = await visitor().get('/api/auth/session', { headers: { cookie } })
      expect(late.headers['set-cookie']).toBeUndefined()
    })
  })

  describe('devices', () => {
    it('are listed with the one that asks marked', async () => {
      const { who, username } = await signUp()
      const other = visitor()
      await other.post('/api/auth/login', { username, password }, { headers: { 'user-agent': 'A phone' } })
      const { sessions } = (await who.get('/api/auth/sessions')).json(DevicesAnswer)
      expect(sessions).toHaveLength(2)
      expect(sessions.find((session) => session.current)?.id).toBe((await sessionOf(who)).id)
      expect(sessions.find((session) => !session.current)).toMatchObject({
        userAgent: 'A phone',
        connections: 0,
      })
    })

    it('can be logged out one by one, only by their user', async () => {
      const { who, username } = await signUp()
      const { who: phone } = await logIn(username)
      const stranger = await signUp()
      const { id } = await sessionOf(phone)
      expect((await stranger.who.delete(`/api/auth/sessions/${id}`)).status).toBe(404)
      expect(await isIn(phone)).toBe(true)
      expect((await who.delete(`/api/auth/sessions/${id}`)).status).toBe(204)
      expect(await isIn(phone)).toBe(false)
      expect((await who.delete('/api/auth/sessions/no%00such')).status).toBe(404)
    })

    it('can be logged out by themselves', async () => {
      const { who } = await signUp()
      expect((await who.delete(`/api/auth/sessions/${(await sessionOf(who)).id}`)).status).toBe(204)
      expect(who.cookie).toBe('')
    })

    it('can be logged out all at once, but for the one that asks', async () => {
      const { who, username } = await signUp()
      const others = await Promise.all([logIn(username), logIn(username)])
      expect((await who.delete('/api/auth/sessions')).status).toBe(204)
      expect(await Promise.all(others.map((other) => isIn(other.who)))).toEqual([false, false])
      expect(await isIn(who)).toBe(true)
    })
  })

  describe('the password', () => {
    it('can be changed, which ends all other sessions and keeps this one under a new id', async () => {
      const { who, username } = await signUp()
      const { who: phone } = await logIn(username)
      const before = { session: await sessionOf(who), cookie: who.cookie }
      const answer = await who.put('/api/auth/password', {
        currentPassword: password,
        newPassword: 'new and long',
      })
      expect(answer.status).toBe(204)
      expect(await isIn(phone)).toBe(false)
      expect((await sessionOf(who)).id).toBe(before.session.id)
      expect(who.cookie).not.toBe(before.cookie)
      expect((await visitor().get('/api/auth/session', { headers: { cookie: before.cookie } })).status).toBe(
        401,
      )
      expect((await logIn(username)).answer.status).toBe(401)
      expect((await logIn(username, 'new and long')).answer.status).toBe(200)
    })

    it('wants the current one, and a good new one', async () => {
      const { who } = await signUp()
      const change = async (currentPassword: string, newPassword: string) =>
        (await who.put('/api/auth/password', { currentPassword, newPassword })).json(Problem).errors?.[0]
          ?.field
      expect(await change('not mine', 'new and long')).toBe('currentPassword')
      expect(await change(password, 'short')).toBe('newPassword')
      expect(await isIn(who)).toBe(true)
    })
  })

  describe('the account', () => {
    it('can be deleted with the password, and everything of it is gone', async () => {
      const { who, username, user } = await signUp()
      const { who: phone } = await logIn(username)
      const wrong = await who.delete('/api/account', { body: { password: 'not mine' } })
      expect(wrong.json(Problem).errors?.[0]?.field).toBe('password')
      expect((await who.delete('/api/account', { body: { password } })).status).toBe(204)
      expect(who.cookie).toBe('')
      expect(await isIn(phone)).toBe(false)
      expect((await logIn(username)).answer.status).toBe(401)
      const { who: other } = await signUp()
      expect((await other.get(`/api/users/${user.id}`)).status).toBe(404)
      await signUp(username)
    })
  })

  it('are wanted by every route but those that say otherwise', async () => {
    const who = visitor()
    for (const path of ['/api/auth/session', '/api/auth/sessions', '/api/users', '/api/users/x']) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await who.get(path)
      expect([path, answer.status]).toEqual([path, 401])
      expect(answer.json(Problem).status).toBe(401)
    }
    // Whatever is wrong with the body.
    expect((await who.put('/api/auth/password', {})).status).toBe(401)
    expect((await who.put('/api/auth/password', '{')).status).toBe(401)
    expect((await who.delete('/api/account')).status).toBe(401)
    expect((await who.delete('/api/auth/sessions')).status).toBe(401)
    expect((await who.delete('/api/auth/sessions/x')).status).toBe(401)
  })
})
