import type { Server } from 'node:http'

import { MemoryPresenceStore, type PresenceStore } from '@rollcall/presence'
import { CloseCode } from '@rollcall/protocol'

import { AccountsRepository } from './accounts/accounts-repository.ts'
import { LoginThrottle } from './accounts/login-throttle.ts'
import { PasswordHasher } from './accounts/password-hash.ts'
import { SessionReader } from './accounts/session-reader.ts'
import { SessionSweeper } from './accounts/session-sweeper.ts'
import { SessionsRepository } from './accounts/sessions-repository.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { HeadCount } from './directory/head-count.ts'
import { Landmarks } from './directory/landmarks.ts'
import { LastSeenReader } from './directory/last-seen-reader.ts'
import { LastSeenWriter } from './directory/last-seen-writer.ts'
import { UserPages } from './directory/user-pages.ts'
import { UsersRepository } from './directory/users-repository.ts'
import { DirectoryRelay } from './directory-relay.ts'
import { OnlineList } from './online-list.ts'
import { createDatabase, type Database } from './platform/database.ts'
import type { HttpServer } from './platform/http.ts'
import type { Logger } from './platform/logger.ts'
import { newId } from './platform/new-id.ts'
import { createRateLimit } from './platform/rate-limit.ts'
import { openRedis, type RedisLink } from './platform/redis.ts'
import { LocalConnectionCounter } from './presence/connection-counter.ts'
import { Gateway } from './presence/gateway.ts'
import { PresenceNode } from './presence/presence-node.ts'
import { RedisConnectionCounter } from './presence/redis-connection-counter.ts'
import { RedisPresenceStore } from './presence/redis-presence-store.ts'

interface ComposeOptions {
  readonly config: Config
  readonly log: Logger
  readonly say: (line: string) => void
}

/** Everything that one process is made of. */
export interface Parts {
  readonly database: Database
  createApp(server: Server): Promise<HttpServer>
  /** After the database is prepared: resolves when this process knows who is online. */
  start(): Promise<void>
  /** Refuses what is new and hands over what is there. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** The composition root. */
export async function compose({ config, log, say }: ComposeOptions): Promise<Parts> {
  const database = await createDatabase(config)
  if (database.kind === 'embedded') say(`Opening the database in ${config.dataDir} …`)
  const redis = config.redis === null ? null : await openRedis({ target: config.redis, log })
  const sessionSecret = config.sessionSecret ?? (await database.dataDir?.secret()) ?? ''

  const users = new UsersRepository(database.db)
  const sessions = new SessionsRepository(database.db, {
    idleDays: config.sessionIdleDays,
    maxDays: config.sessionMaxDays,
  })
  const headCount = new HeadCount({ ask: () => users.total(), log })
  const lastSeen = new LastSeenWriter({ write: (seen) => users.writeLastSeen(seen), log })
  const sweeper = new SessionSweeper({ sweep: (limit) => sessions.sweep(limit), log })
  const limit = (name: string, points: number) => createRateLimit({ name, points, seconds: 60, redis })

  const store = presenceStore(redis, log)
  const node: PresenceNode = new PresenceNode({
    store,
    leaseMs: config.leaseMs,
    graceMs: config.graceMs,
    shared: redis !== null,
    log,
    events: {
      changed: (ids) => {
        const changed = [...ids]
        online.changed(changed)
        gateway.changed(changed)
      },
      ended: (ended) => gateway.ended(ended),
      directory: (changes) => relay.add(changes),
      freshness: () => gateway.freshness(),
      seen: (seen) => lastSeen.add(seen),
      recheck: () => gateway.recheck(),
      woke: () => gateway.woke(),
    },
  })
  const online = new OnlineList(node)
  const reader = new SessionReader({ sessions, secret: sessionSecret })
  const gateway: Gateway = new Gateway({
    node,
    headCount,
    lastSeen: new LastSeenReader({ find: (ids) => users.lastSeen(ids) }),
    endedSessions: (ids) => reader.endedSessions(ids),
    heartbeatMs: config.heartbeatMs,
    messagesPerSecond: config.messagesPerSecond,
    connectionsPerUser: config.connectionsPerUser,
    connectionsPerAddress: config.connectionsPerAddress,
    log,
  })
  const relay = new DirectoryRelay({
    settle: (changes) => headCount.settle(changes),
    tell: (changes) => gateway.directory(changes),
  })
  const connectionsOf = (session: string) => node.connectionsOf(session)
  const counter =
    redis === null || !(store instanceof RedisPresenceStore)
      ? new LocalConnectionCounter({ connectionsOf })
      : new RedisConnectionCounter({
          link: redis,
          id: newId(),
          connectionsOf,
          members: () => store.members,
          log,
        })

  let phase: 'starting' | 'running' | 'draining' = 'starting'
  const { promise: running, resolve: runs } = Promise.withResolvers<void>()
  const health = {
    get state() {
      if (phase === 'draining') return 'draining'
      return phase === 'starting' ? 'starting' : node.state
    },
    get database() {
      return database.isUp() ? 'up' : 'down'
    },
    get redis() {
      return node.redis
    },
  } as const

  return {
    database,
    createApp: (server) =>
      createApp({
        config,
        log,
        server,
        sessionSecret,
        health,
        gauges: [
          { name: 'rollcall_sockets', help: 'Open websockets', read: () => gateway.socketCount },
          { name: 'rollcall_users_online', help: 'Users who are online', read: () => node.onlineCount },
          { name: 'rollcall_users_total', help: 'Accounts', read: () => headCount.total },
        ],
        accounts: {
          accounts: new AccountsRepository(database.db),
          sessions,
          hasher: new PasswordHasher(),
          throttle: new LoginThrottle({
            byAccount: limit('login-account', config.loginFailuresPerMinute),
            byAddress: limit('login-address', config.loginFailuresPerMinute * 10),
          }),
          signups: limit('signup', config.signupsPerMinute),
          presence: node,
          connections: counter,
        },
        pages: new UserPages({
          users,
          landmarks: new Landmarks({ survey: (every) => users.landmarks(every), log }),
          online,
          headCount,
        }),
        sockets: {
          gateway,
          state: () => health.state,
          ready: running,
          readSession: ({ headers, protocol }) => reader.readSession(headers.cookie, protocol === 'https'),
        },
      }),
    start: async () => {
      await headCount.start()
      await node.start()
      await node.ready
      sweeper.start()
      if (phase === 'starting') phase = 'running'
      runs()
    },
    drain: async () => {
      phase = 'draining'
      if (redis === null) lastSeen.add(Array.from(node.online(), ({ id }) => ({ id, at: Date.now() })))
      await node.drain({ closeSockets: (spreadMs) => gateway.closeAll(CloseCode.restarting, spreadMs) })
    },
    close: async () => {
      sweeper.stop()
      headCount.stop()
      gateway.stop()
      if (counter instanceof RedisConnectionCounter) await counter.close()
      await lastSeen.stop()
      await node.stop()
      redis?.close()
      await database.close()
    },
  }
}

function presenceStore(redis: RedisLink | null, log: Logger): PresenceStore {
  return redis === null
    ? new MemoryPresenceStore({ now: Date.now, newId })
    : new RedisPresenceStore({ link: redis, newId, log })
}
