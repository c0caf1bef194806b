import cookie from '@fastify/cookie'
import session, { type SessionStore } from '@fastify/session'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { problem } from './problem.ts'
import { COOKIE, cookieSigner, hashToken, newToken, SECURE_COOKIE } from './session-cookie.ts'

/** A session as the storage knows it. */
export interface StoredSession {
  /** Public. */
  readonly id: string
  readonly user: { readonly id: string; readonly username: string }
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** Where sessions are kept, by the hash of their token. Nothing here makes one: logging in does. */
export interface SessionStorage {
  /** The session if it has not ended; it counts as used. */
  use(tokenHash: string): Promise<StoredSession | null>
  /** Keeps what the session plugin wants kept, of a session that is there: an ended one stays ended. */
  keep(tokenHash: string, data: Record<string, unknown>): Promise<void>
  end(tokenHash: string): Promise<void>
}

declare module 'fastify' {
  interface Session {
    /** Who is logged in; not there for a visitor. */
    stored?: StoredSession
  }
}

export interface SessionOptions {
  readonly storage: SessionStorage
  readonly secret: string
  readonly maxAgeMs: number
}

/** Cookie sessions for the routes of this scope. Outside it nothing reads the database. */
export async function registerSessions(app: FastifyInstance, options: SessionOptions): Promise<void> {
  await app.register(cookie)
  app.addHook('onRequest', async (request) => showPlainName(request))
  await app.register(session, {
    secret: cookieSigner(options.secret),
    cookieName: COOKIE,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: options.maxAgeMs },
    rolling: false,
    saveUninitialized: false,
    store: new Store(options.storage),
    idGenerator: (request) => (request === undefined ? undefined : planned.get(request)) ?? newToken(),
  })
  app.addHook('onSend', async (_request, reply) => hideName(reply))
}

/** The session of who is logged in. @throws a 401 for everybody else. */
export function signedIn(request: FastifyRequest): StoredSession {
  const stored = request.session.stored
  if (stored === undefined) throw problem(401, 'Log in first: there is no session, or it has ended.')
  return stored
}

const planned = new WeakMap<FastifyRequest, string>()

/**
 * Gives the browser a new token: what the old one opened is ended, unless `keep` has the storage know the session by the new hash already.
 * @param bind makes the storage know the new token; answers the session, or null where it must not be.
 */
export async function renewToken(
  request: FastifyRequest,
  bind: (tokenHash: string) => Promise<StoredSession | null>,
): Promise<StoredSession | null> {
  const token = newToken()
  const stored = await bind(hashToken(token))
  if (stored === null) return null
  planned.set(request, token)
  await request.session.regenerate()
  planned.delete(request)
  request.session.stored = stored
  await request.session.save()
  return stored
}

const leaving = new WeakSet<FastifyReply>()

/** Ends the session of the request and takes the cookie away. */
export async function endSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await request.session.destroy()
  leaving.add(reply)
  reply.clearCookie(COOKIE, { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(request) })
}

class Store implements SessionStore {
  readonly #storage: SessionStorage

  constructor(storage: SessionStorage) {
    this.#storage = storage
  }

  get: SessionStore['get'] = (token, done) => {
    this.#storage.use(hashToken(token)).then(
      (stored) => done(null, stored === null ? null : { cookie: { originalMaxAge: null }, stored }),
      (error: unknown) => done(error),
    )
  }

  set: SessionStore['set'] = (token, kept, done) => {
    const { cookie: _cookie, stored: _stored, ...data } = { ...kept }
    this.#storage.keep(hashToken(token), data).then(
      () => done(),
      (error: unknown) => done(error),
    )
  }

  destroy: SessionStore['destroy'] = (token, done) => {
    this.#storage.end(hashToken(token)).then(
      () => done(),
      (error: unknown) => done(error),
    )
  }
}

function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https'
}

/** @fastify/session knows one name: over https that of the `__Host-` cookie stands in for it, and a plain one does not count. */
function showPlainName(request: FastifyRequest): void {
  if (!isSecure(request)) return
  const { [COOKIE]: _plain, [SECURE_COOKIE]: secure, ...others } = request.cookies
  request.cookies = secure === undefined ? others : { ...others, [COOKIE]: secure }
}

/** Only a log-out takes a cookie away: an answer to an older token must not cost the browser its newer one. */
function hideName(reply: FastifyReply): void {
  const header = reply.getHeader('set-cookie')
  if (header === undefined) return
  const cookies = (Array.isArray(header) ? header : [String(header)])
    .filter((line) => leaving.has(reply) || !line.startsWith(`${COOKIE}=;`))
    .map((line) =>
      isSecure(reply.request) && line.startsWith(`${COOKIE}=`)
        ? `${SECURE_COOKIE}=${line.slice(COOKIE.length + 1)}`
        : line,
    )
  reply.removeHeader('set-cookie')
  if (cookies.length > 0) reply.header('set-cookie', cookies)
}
