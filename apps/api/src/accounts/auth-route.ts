import { Credentials, SessionAnswer, UserAnswer } from '@rollcall/protocol'
import type { FieldFault } from '@rollcall/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { addressKey } from '../platform/client-address.ts'
import type { App } from '../platform/http.ts'
import { fieldProblem, problem, type ProblemError } from '../platform/problem.ts'
import { endSession, renewToken, signedIn, type StoredSession } from '../platform/sessions.ts'
import type { AccountsDeps } from './accounts.ts'
import type { Account } from './accounts-repository.ts'
import { nameFault } from './name-rules.ts'
import { passwordFault } from './password-rules.ts'
import { userAgentOf } from './user-agent.ts'

/** Sign up, log in, log out, and who is logged in. */
export function authRoutes(app: App, deps: AccountsDeps): void {
  const { accounts, sessions, hasher, throttle, signups, presence } = deps

  app.post(
    '/api/auth/signup',
    {
      schema: {
        operationId: 'signUp',
        tags: ['accounts'],
        summary: 'Create an account and log in',
        body: Credentials,
        response: { 201: UserAnswer },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body
      refuseFaults(username, password)
      const from = addressKey(request.ip)
      const wait = await signups.take(from)
      if (wait > 0) {
        throw problem(429, `Too many accounts were created from here. Try again in ${wait} s.`, {
          retryAfter: wait,
        })
      }
      const account = await create(username, password).catch(async (error: unknown) => {
        await signups.giveBack(from)
        throw error
      })
      presence.added({ id: account.id, name: account.username })
      const { user } = await begin(request, account)
      reply.code(201)
      return { user }
    },
  )

  app.post(
    '/api/auth/login',
    {
      schema: {
        operationId: 'logIn',
        tags: ['accounts'],
        summary: 'Log in',
        body: Credentials,
        response: { 200: UserAnswer },
      },
    },
    async (request) => {
      const { username, password } = request.body
      let account: Account | null = null
      const isRight = await throttle.attempt({ username, address: request.ip }, async () => {
        account = await accounts.findByName(username)
        return hasher.verify(account?.passwordHash ?? null, password)
      })
      if (!isRight || account === null) throw wrong()
      const { user } = await begin(request, account)
      return { user }
    },
  )

  app.post(
    '/api/auth/logout',
    {
      schema: {
        operationId: 'logOut',
        tags: ['accounts'],
        summary: 'End the session, where there is one',
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await end(request, reply)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/api/auth/session',
    {
      schema: {
        operationId: 'getSession',
        tags: ['accounts'],
        summary: 'Who is logged in',
        response: { 200: SessionAnswer },
      },
    },
    (request) => {
      const { id, user, createdAt, expiresAt } = signedIn(request)
      return { user, session: { id, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() } }
    },
  )

  async function create(username: string, password: string): Promise<Account> {
    if (await accounts.isTaken(username)) throw taken()
    const account = await accounts.add(username, await hasher.hash(password))
    if (account === null) throw taken()
    return account
  }

  /** A new session with a new id; the one that the browser had ends. */
  async function begin(request: FastifyRequest, account: Account): Promise<StoredSession> {
    const before = request.session.stored
    const stored = await renewToken(request, (tokenHash) =>
      sessions.begin(account, tokenHash, userAgentOf(request.headers['user-agent'])),
    )
    if (stored === null) throw wrong()
    if (before !== undefined) presence.endSession(before.user.id, before.id)
    return stored
  }

  async function end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { stored } = request.session
    await endSession(request, reply)
    if (stored !== undefined) presence.endSession(stored.user.id, stored.id)
  }
}

function refuseFaults(username: string, password: string): void {
  const faults: FieldFault[] = []
  const inName = nameFault(username)
  if (inName !== null) faults.push({ field: 'username', message: inName })
  const inPassword = passwordFault(password, username)
  if (inPassword !== null) faults.push({ field: 'password', message: inPassword })
  if (faults.length > 0) throw fieldProblem(faults)
}

function taken(): ProblemError {
  const message = 'This username is taken. Choose another.'
  return problem(409, message, { errors: [{ field: 'username', message }] })
}

/** The same for an unknown name and a wrong password. */
function wrong(): ProblemError {
  return problem(401, 'The username or the password is wrong.')
}
