import type { AddressInfo } from 'node:net'

import { MemoryPresenceStore } from '@rollcall/presence'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'

import { ProblemError } from '../../platform/problem.ts'
import { Gateway } from '../gateway.ts'
import type { GatewayOptions } from '../gateway.ts'
import type { KnownUser } from '../socket.ts'
import { PresenceNode } from '../presence-node.ts'
import { socketRoute } from '../socket-route.ts'
import { PresenceClient } from './presence-client.ts'

interface HouseOptions extends Partial<GatewayOptions> {
  readonly graceMs?: number
  readonly leaseMs?: number
}

interface User {
  readonly id: string
  readonly name: string
}

const silent = { debug: () => {}, info: () => {}, warn: () => {} }

/** A process with the websocket route, a real node on a memory store, and accounts and sessions in memory. */
export class PresenceHouse {
  readonly app: FastifyInstance = fastify({ forceCloseConnections: true })
  readonly node: PresenceNode
  readonly gateway: Gateway
  readonly headCount = { total: 0 }
  readonly users = new Map<string, KnownUser>()
  /** Cookie to session. */
  readonly sessions = new Map<string, { id: string; user: User }>()
  readonly state = { foreign: false, databaseIsAway: false, node: null as 'starting' | 'draining' | null }
  readonly ready = Promise.withResolvers<void>()
  reads = 0
  /** Waited for before a session is read. */
  beforeRead: () => Promise<void> = async () => {}
  afterRead: () => Promise<void> = async () => {}
  url = ''
  readonly #clients: PresenceClient[] = []
  #ids = 0

  constructor(options: HouseOptions = {}) {
    const { graceMs = 150, leaseMs = 2_000, ...gateway } = options
    this.node = new PresenceNode({
      store: new MemoryPresenceStore({ now: Date.now, newId: () => `epoch-${++this.#ids}` }),
      leaseMs,
      graceMs,
      shared: false,
      log: silent,
      events: {
        changed: (ids) => this.gateway.changed(ids),
        ended: (sessions) => this.gateway.ended(sessions),
        directory: (changes) => this.gateway.directory(changes),
        freshness: () => this.gateway.freshness(),
        seen: (seen) => {
          for (const { id, at } of seen) {
            const user = this.users.get(id)
            if (user !== undefined) this.users.set(id, { ...user, lastSeenAt: at })
          }
        },
        recheck: () => this.gateway.recheck(),
        woke: () => this.gateway.woke(),
      },
    })
    this.gateway = new Gateway({
      node: this.node,
      headCount: this.headCount,
      lastSeen: { read: (ids) => this.#read(ids) },
      endedSessions: async (ids) => {
        this.#askDatabase()
        const alive = new Set(Array.from(this.sessions.values(), ({ id }) => id))
        return ids.filter((id) => !alive.has(id))
      },
      heartbeatMs: 10_000,
      messagesPerSecond: 1_000,
      connectionsPerUser: 50,
      connectionsPerAddress: 20_000,
      log: silent,
      ...gateway,
    })
  }

  async open(): Promise<this> {
    this.app.setErrorHandler(async (error, _request, reply) => {
      if (!(error instanceof ProblemError)) throw error
      return reply
        .code(error.statusCode)
        .headers(error.headers)
        .type('application/problem+json')
        .send(error.body)
    })
    await socketRoute(this.app, {
      gateway: this.gateway,
      state: () => this.state.node ?? this.node.state,
      ready: this.ready.promise,
      isForeign: () => this.state.foreign,
      addressOf: (request) => String(request.headers['x-test-address'] ?? request.ip),
      readSession: async (request) => {
        await this.beforeRead()
        this.#askDatabase()
        const found = this.sessions.get(request.headers.cookie ?? '')
        await this.afterRead()
        return found === undefined
          ? null
          : { id: found.id, user: { id: found.user.id, username: found.user.name } }
      },
    })
    this.app.get('/hello', () => 'hello')
    await this.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = this.app.server.address() as AddressInfo
    this.url = `ws://127.0.0.1:${port}/api/ws`
    await this.node.start()
    return this
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.ws.terminate()
    this.gateway.stop()
    await this.node.stop()
    await this.app.close()
  }

  /** An account as if created long ago. */
  user(name: string, lastSeenAt: number | null = null): User {
    const user = { id: `id-${name}`, name }
    this.users.set(user.id, { username: name, lastSeenAt })
    this.headCount.total++
    return user
  }

  /** A session's cookie. */
  logIn(user: User): string {
    const cookie = `session=${++this.#ids}`
    this.sessions.set(cookie, { id: `session-${this.#ids}`, user })
    return cookie
  }

  logOut(cookie: string): void {
    const session = this.sessions.get(cookie)
    if (session === undefined) return
    this.sessions.delete(cookie)
    this.node.endSession(session.user.id, session.id)
  }

  create(name: string): User {
    const user = this.user(name)
    this.node.added(user)
    return user
  }

  remove(user: User): void {
    this.users.delete(user.id)
    this.headCount.total--
    for (const [cookie, session] of this.sessions) if (session.user.id === user.id) this.logOut(cookie)
    this.node.removed(user)
  }

  /** A client that has been welcomed. */
  async connect(
    user: User,
    options: { cookie?: string; headers?: Record<string, string> } = {},
  ): Promise<PresenceClient> {
    const client = this.dial(options.cookie ?? this.logIn(user), options.headers)
    await new Promise<void>((resolve, reject) => {
      client.ws.once('message', () => resolve())
      client.ws.once('error', reject)
      client.ws.once('close', () => reject(new Error('closed')))
    })
    return client
  }

  dial(
    cookie: string,
    headers: Record<string, string> = {},
    protocols: string[] = [],
    path = '/api/ws',
  ): PresenceClient {
    const url = new URL(path, this.url).href
    const client = new PresenceClient(url, { headers: { cookie, ...headers }, protocols })
    this.#clients.push(client)
    return client
  }

  async #read(ids: Iterable<string>): Promise<Map<string, KnownUser>> {
    this.reads++
    await new Promise((resolve) => setTimeout(resolve, 1))
    this.#askDatabase()
    const found = new Map<string, KnownUser>()
    for (const id of ids) {
      const user = this.users.get(id)
      if (user !== undefined) found.set(id, user)
    }
    return found
  }

  #askDatabase(): void {
    if (this.state.databaseIsAway) throw new Error('the database is away')
  }
}
