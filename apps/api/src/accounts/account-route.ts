import { AccountDeletion, PasswordChange } from '@rollcall/protocol'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

import type { App } from '../platform/http.ts'
import { fieldProblem, problem, type ProblemError } from '../platform/problem.ts'
import { endSession, renewToken, signedIn } from '../platform/sessions.ts'
import type { AccountsDeps } from './accounts.ts'
import type { Account } from './accounts-repository.ts'
import { passwordFault } from './password-rules.ts'

/** A user's own password and account. */
export function accountRoutes(app: App, deps: AccountsDeps): void {
  const { accounts, sessions, hasher, throttle, presence } = deps

  app.put(
    '/api/auth/password',
    {
      schema: {
        operationId: 'changePassword',
        tags: ['accounts'],
        summary: 'Change the password and log all other devices out',
        body: PasswordChange,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const current = signedIn(request)
      const { currentPassword, newPassword } = request.body
      const fault = passwordFault(newPassword, current.user.username)
      if (fault !== null) throw fieldProblem([{ field: 'newPassword', message: fault }])
      const account = await verified(request, current.user.id, 'currentPassword', currentPassword)
      const passwordHash = await hasher.hash(newPassword)
      let ended: readonly string[] = []
      const stored = await renewToken(request, async (tokenHash) => {
        const changed = await sessions.changePassword(account, passwordHash, current.id, tokenHash)
        ended = changed?.ended ?? []
        return changed === null ? null : current
      })
      if (stored === null) throw overtaken()
      for (const id of ended) presence.endSession(account.id, id)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/account',
    {
      schema: {
        operationId: 'deleteAccount',
        tags: ['accounts'],
        summary: 'Delete the account',
        body: AccountDeletion,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const current = signedIn(request)
      const account = await verified(request, current.user.id, 'password', request.body.password)
      const removed = await accounts.remove(account)
      if (removed === null) throw overtaken()
      await endSession(request, reply)
      for (const id of removed.sessions) presence.endSession(account.id, id)
      presence.removed({ id: account.id, name: account.username })
      return reply.code(204).send(null)
    },
  )

  /** The account, once more proven by its password. A wrong one counts as a failed log-in. */
  async function verified(
    request: FastifyRequest,
    userId: string,
    field: string,
    password: string,
  ): Promise<Account> {
    const account = await accounts.find(userId)
    if (account === null) throw overtaken()
    const isRight = await throttle.attempt({ username: account.username, address: request.ip }, () =>
      hasher.verify(account.passwordHash, password),
    )
    if (!isRight) throw fieldProblem([{ field, message: 'This is not your password.' }])
    return account
  }
}

/** Something else ended the session or changed the account in the meantime. */
function overtaken(): ProblemError {
  return problem(401, 'Log in first: the session has ended, or the account was changed elsewhere.')
}
