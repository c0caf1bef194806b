import {
  DevicesAnswer,
  Problem,
  SessionAnswer,
  UserAnswer,
  UserPresence,
  UsersAnswer,
} from '@rollcall/protocol'
import type { Credentials, Device, Status, User } from '@rollcall/protocol'

import type { SessionCheck } from './connection.ts'
import { HttpProblem, NetworkFailure } from './http-problem.ts'

export interface HttpOptions {
  /** `https://host:port`, or empty for the page's own. */
  readonly origin: string
  readonly fetch?: typeof fetch
  /** Sent along with every request: in Node, the cookie. */
  readonly headers?: Readonly<Record<string, string>>
  /** Ends a request that takes longer, 20 s by default. */
  readonly timeoutMs?: number
}

export interface UsersRequest {
  readonly q?: string
  readonly status?: Status
  readonly limit?: number
  readonly cursor?: string
  /** Begin at about this rank, instead of at a cursor. */
  readonly at?: number
  readonly signal?: AbortSignal
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false }
}

/** The HTTP routes. Each method throws {@link HttpProblem} or {@link NetworkFailure}. */
export class RollcallHttp {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  async signUp(credentials: Credentials): Promise<User> {
    return (await this.#ask(UserAnswer, { method: 'POST', path: '/api/auth/signup', body: credentials })).user
  }

  async logIn(credentials: Credentials): Promise<User> {
    return (await this.#ask(UserAnswer, { method: 'POST', path: '/api/auth/login', body: credentials })).user
  }

  async logOut(): Promise<void> {
    await this.#send({ method: 'POST', path: '/api/auth/logout' })
  }

  session(): Promise<SessionAnswer> {
    return this.#ask(SessionAnswer, { method: 'GET', path: '/api/auth/session' })
  }

  /** Whether we are logged in, as far as can be told: what a connection asks after a refused try. */
  async checkSession(): Promise<SessionCheck> {
    try {
      await this.session()
      return 'valid'
    } catch (error) {
      return error instanceof HttpProblem && error.status === 401 ? 'ended' : 'unknown'
    }
  }

  async sessions(): Promise<Device[]> {
    return (await this.#ask(DevicesAnswer, { method: 'GET', path: '/api/auth/sessions' })).sessions
  }

  async endSession(id: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: `/api/auth/sessions/${encodeURIComponent(id)}` })
  }

  async endOtherSessions(): Promise<void> {
    await this.#send({ method: 'DELETE', path: '/api/auth/sessions' })
  }

  async changePassword(currentPassword: string, newPassword: string): Promise<void> {
    await this.#send({ method: 'PUT', path: '/api/auth/password', body: { currentPassword, newPassword } })
  }

  async deleteAccount(password: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: '/api/account', body: { password } })
  }

  /** A page of the directory, in name order. */
  users(request: UsersRequest = {}): Promise<UsersAnswer> {
    const { signal, ...query } = request
    const parameters = new URLSearchParams()
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) parameters.set(name, String(value))
    return this.#ask(UsersAnswer, { method: 'GET', path: `/api/users?${parameters}`, signal })
  }

  user(id: string): Promise<UserPresence> {
    return this.#ask(UserPresence, { method: 'GET', path: `/api/users/${encodeURIComponent(id)}` })
  }

  async #ask<T>(schema: Schema<T>, request: Request): Promise<T> {
    const response = await this.#send(request)
    const parsed = schema.safeParse(await bodyOf(response))
    if (!parsed.success) throw new NetworkFailure(`${request.path} did not answer as agreed.`)
    return parsed.data
  }

  async #send({ method, path, body, signal }: Request): Promise<Response> {
    const { origin, headers, timeoutMs = 20_000 } = this.#options
    const timeout = AbortSignal.timeout(timeoutMs)
    let response: Response
    try {
      response = await (this.#options.fetch ?? fetch)(`${origin}${path}`, {
        method,
        credentials: 'same-origin',
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (error) {
      if (signal?.aborted === true) throw error
      throw new NetworkFailure('The server cannot be reached.', { cause: error })
    }
    if (!response.ok) throw await problemOf(response)
    return response
  }
}

async function problemOf(response: Response): Promise<HttpProblem> {
  const parsed = Problem.safeParse(await bodyOf(response))
  const problem: Problem = parsed.success
    ? parsed.data
    : {
        type: 'about:blank',
        title: response.statusText || 'Error',
        status: response.status,
        detail: `The server answered ${response.status}.`,
      }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new HttpProblem(problem, Number.isFinite(retryAfter) ? retryAfter : undefined)
}

/** @returns undefined where there is no JSON, which fits no schema */
async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
