import { HttpProblem, NetworkFailure, RollcallHttp } from '@rollcall/client'
import { describe, expect, test } from 'vitest'

import { Session } from './session.ts'
import type { Tabs } from './session.ts'

const ana = { id: 'a', username: 'ana' }
const user = { user: ana }
const alive = {
  ...user,
  session: { id: 's', createdAt: '2026-11-22T12:00:00Z', expiresAt: '2026-12-22T12:00:00Z' },
}

/** A server that answers each path as told: a body, a status, or not at all. */
function opened(answers: Record<string, object | number | undefined>) {
  const told: string[] = []
  let hear: (news: 'in' | 'out') => void = () => {}
  const tabs: Tabs = { tell: (news) => told.push(news), listen: (listener) => void (hear = listener) }
  const http = new RollcallHttp({
    origin: 'http://rollcall.test',
    fetch: (input) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      const answer = answers[pathname]
      if (answer === undefined) return Promise.reject(new TypeError('no network'))
      if (typeof answer === 'number') {
        return Promise.resolve(
          Response.json(
            { type: 'about:blank', title: 'No', status: answer, detail: 'No.' },
            { status: answer },
          ),
        )
      }
      return Promise.resolve(Response.json(answer))
    },
  })
  const opened = new Session({ http, tabs })
  return {
    session: opened,
    told,
    hear: (news: 'in' | 'out') => hear(news),
    state: () => opened.store.getState(),
  }
}

describe('who is logged in', () => {
  test('is not known before the server was asked', () => {
    expect(opened({}).state()).toEqual({ kind: 'unknown' })
  })

  test.each([
    ['a session', alive, { kind: 'in', user: ana }],
    ['a refusal', 401, { kind: 'out', why: 'absent' }],
    ['no answer', undefined, { kind: 'unreachable' }],
    ['no time', 503, { kind: 'unreachable' }],
  ])('is told by %s', async (_what, answer, expected) => {
    const { session, state } = opened({ '/api/auth/session': answer })
    await session.check()
    expect(state()).toEqual(expected)
  })

  test('stays known while the server cannot be reached', async () => {
    const answers: Record<string, object | number | undefined> = { '/api/auth/session': alive }
    const { session, state } = opened(answers)
    await session.check()
    answers['/api/auth/session'] = undefined
    await session.check()
    expect(state()).toMatchObject({ kind: 'in' })
    answers['/api/auth/session'] = 401
    await session.check()
    expect(state()).toEqual({ kind: 'out', why: 'ended' })
  })
})

describe('logging in and out', () => {
  const credentials = { username: 'ana', password: 'correct horse' }

  test('is told to the other tabs', async () => {
    const { session, state, told } = opened({ '/api/auth/login': user, '/api/auth/logout': {} })
    await session.logIn(credentials)
    expect(state()).toEqual({ kind: 'in', user: ana })
    await session.logOut()
    expect(state()).toEqual({ kind: 'out', why: 'chosen' })
    expect(told).toEqual(['in', 'out'])
  })

  test('that fails changes nothing, and says why', async () => {
    const { session, state, told } = opened({ '/api/auth/signup': 409, '/api/auth/login': user })
    await expect(session.signUp(credentials)).rejects.toBeInstanceOf(HttpProblem)
    expect(state()).toEqual({ kind: 'unknown' })
    await session.logIn(credentials)
    await expect(session.logOut()).rejects.toBeInstanceOf(NetworkFailure)
    expect(state()).toMatchObject({ kind: 'in' })
    expect(told).toEqual(['in'])
  })

  test('is not taken for an end from elsewhere, though the websocket closes first', async () => {
    const { session, state } = opened({ '/api/auth/login': user, '/api/auth/logout': {} })
    await session.logIn(credentials)
    const leaving = session.logOut()
    session.ended()
    expect(state()).toMatchObject({ kind: 'in' })
    await leaving
    expect(state()).toEqual({ kind: 'out', why: 'chosen' })
  })

  test('elsewhere is heard', async () => {
    const { session, state, hear } = opened({ '/api/auth/login': user, '/api/auth/session': alive })
    await session.logIn(credentials)
    hear('out')
    expect(state()).toEqual({ kind: 'out', why: 'other-tab' })
    hear('in')
    await expect.poll(state, { timeout: 15_000 }).toEqual({ kind: 'in', user: ana })
    session.ended()
    expect(state()).toEqual({ kind: 'out', why: 'ended' })
    hear('out')
    expect(state()).toEqual({ kind: 'out', why: 'other-tab' })
  })

  test('of a deleted account says that it is deleted', async () => {
    const { session, state, told } = opened({ '/api/auth/login': user, '/api/account': {} })
    await session.logIn(credentials)
    await session.deleteAccount('correct horse')
    expect(state()).toEqual({ kind: 'out', why: 'deleted' })
    expect(told).toEqual(['in', 'out'])
  })
})
