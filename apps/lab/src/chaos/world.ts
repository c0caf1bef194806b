import { freePort } from '@rollcall/api/testing/services/redis-server'
import pg from 'pg'

import { type MadeUpSession, MadeUpSessions } from '../made-up-sessions.ts'
import { ApiProcess } from './api-process.ts'
import { EventLog } from './event-log.ts'
import { addMadeUpPeople } from './made-up-people.ts'
import { MemoryWatch } from './memory-watch.ts'
import { Mover } from './mover.ts'
import { Observer } from './observer.ts'
import { seeded } from './random.ts'
import { RedisControl } from './redis-control.ts'
import type { Services } from './services.ts'
import { type Route, Tab } from './tab.ts'
import { TcpProxy } from './tcp-proxy.ts'
import type { Timing } from './timing.ts'
import { until } from './until.ts'

export interface WorldOptions {
  readonly services: Services
  readonly timing: Timing
  readonly seed: number
  readonly processes: number
  readonly movers: number
  /** Each process reaches Redis by a path of its own that can be harmed. */
  readonly proxied?: boolean
  /** Redis is a master and a replica, and Sentinels watch them. */
  readonly sentinel?: boolean
  /** What Node runs as a process, where it is not the product itself. */
  readonly program?: readonly string[] | undefined
  readonly env?: Readonly<Record<string, string>>
}

const GROUP = 50
const GROUP_WITHIN_MS = 60_000
const SECRET = 'a secret of the fault suite, 32 characters and more'

/** Everything of one run: processes, services, people, and the log of what happens to them. */
export class World {
  readonly log: EventLog
  readonly timing: Timing
  readonly random: () => number
  readonly processes: readonly ApiProcess[]
  /** Of each process to Redis; empty where they go straight. */
  readonly redisPaths: readonly TcpProxy[]
  readonly redis: RedisControl
  readonly services: Services
  readonly pool: pg.Pool
  readonly sessions: MadeUpSessions
  readonly observers: Observer[] = []
  readonly tabs = new Set<Tab>()
  readonly #movers: Mover[] = []
  readonly #stopLag: () => void
  readonly #memory: MemoryWatch
  #turn = 0
  #batch = 0

  private constructor(
    options: WorldOptions,
    parts: { redis: RedisControl; paths: TcpProxy[]; processes: ApiProcess[]; pool: pg.Pool; log: EventLog },
  ) {
    this.log = parts.log
    this.timing = options.timing
    this.services = options.services
    this.random = seeded(options.seed)
    this.redis = parts.redis
    this.redisPaths = parts.paths
    this.processes = parts.processes
    this.pool = parts.pool
    this.pool.on('error', () => {})
    this.sessions = new MadeUpSessions({ pool: this.pool, secret: SECRET, secure: false })
    this.#stopLag = this.log.watchLag()
    this.#memory = new MemoryWatch(parts.processes)
  }

  /** Starts all of it. Whoever makes a world must {@link close} it. */
  static async start(options: WorldOptions): Promise<World> {
    const { services, timing } = options
    const log = new EventLog()
    const databaseUrl = await services.createDatabase()
    const redis = await (options.sentinel === true ? RedisControl.startGroup(log) : RedisControl.start(log))
    const paths: TcpProxy[] = []
    const processes: ApiProcess[] = []
    /* oxlint-disable no-await-in-loop */
    for (let index = 0; index < options.processes; index++) {
      if (options.proxied === true) paths.push(await TcpProxy.start(redis.port))
      const env = {
        DATABASE_URL: databaseUrl,
        REDIS_URL: redis.url(paths[index]?.port),
        SESSION_SECRET: SECRET,
        OFFLINE_GRACE_MS: String(timing.graceMs),
        NODE_LEASE_MS: String(timing.leaseMs),
        HEARTBEAT_MS: String(timing.heartbeatMs),
        ...options.env,
      }
      const program = options.program
      processes.push(new ApiProcess({ index, port: await freePort(), env, log, ...(program && { program }) }))
    }
    /* oxlint-enable no-await-in-loop */
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 3, connectionTimeoutMillis: 5_000 })
    const world = new World(options, { redis, paths, processes, pool, log })
    try {
      await Promise.all(processes.map((process) => process.start()))
      await world.addMovers(options.movers)
    } catch (error) {
      await world.close()
      throw error
    }
    return world
  }

  process(index: number): ApiProcess {
    const process = this.processes[index]
    if (process === undefined) throw new RangeError(`There is no process ${index}.`)
    return process
  }

  redisPath(index: number): TcpProxy {
    const path = this.redisPaths[index]
    if (path === undefined) throw new RangeError(`Process ${index} reaches Redis without a path of its own.`)
    return path
  }

  /** Always to this process, even while it is dead. */
  to(index: number): () => Route {
    return () => ({ process: index, origin: this.process(index).origin })
  }

  /** To one process after the other, as a balancer sends who comes back. */
  anywhere(first = this.#turn++): () => Route {
    let turn = first
    return () => this.to(turn++ % this.processes.length)()
  }

  async newSessions(count: number): Promise<MadeUpSession[]> {
    return this.sessions.begin(await addMadeUpPeople(this.pool, `p${this.#batch++}`, count))
  }

  open(session: MadeUpSession, route: () => Route): Tab {
    const tab = new Tab({ session, log: this.log, route })
    this.tabs.add(tab)
    return tab
  }

  /** So many people, each with a tab that stays at one process, or goes anywhere. They come in groups, as people do. */
  async bring(count: number, at: number | 'anywhere'): Promise<Tab[]> {
    const tabs: Tab[] = []
    const sessions = await this.newSessions(count)
    for (let from = 0; from < count; from += GROUP) {
      for (const session of sessions.slice(from, from + GROUP))
        tabs.push(this.open(session, at === 'anywhere' ? this.anywhere() : this.to(at)))
      // oxlint-disable-next-line no-await-in-loop
      if (count > GROUP) await this.untilConnected(tabs, GROUP_WITHIN_MS)
    }
    return tabs
  }

  /** One observer at each process, and one who goes anywhere. */
  async observe(): Promise<void> {
    const sessions = await this.newSessions(this.processes.length + 1)
    for (const [index, session] of sessions.entries()) {
      const isRoaming = index === this.processes.length
      const route = isRoaming ? this.anywhere() : this.to(index)
      const name = isRoaming ? 'roaming' : `at process ${index}`
      this.observers.push(new Observer(name, { session, log: this.log, route }))
    }
  }

  async addMovers(count: number): Promise<void> {
    for (const session of await this.newSessions(count))
      this.#movers.push(
        new Mover({
          graceMs: this.timing.graceMs,
          processes: this.processes.length,
          random: this.random,
          open: (process) => this.open(session, this.anywhere(process)),
        }),
      )
  }

  beginMoving(): void {
    for (const mover of this.#movers) mover.begin()
  }

  async endMoving(): Promise<void> {
    await Promise.all(this.#movers.map((mover) => mover.end()))
  }

  /** Who has a connection now. */
  get present(): Set<string> {
    const tabs = [...this.tabs, ...this.observers.map(({ tab }) => tab)]
    return new Set(tabs.filter((tab) => tab.isLive).map(({ user }) => user))
  }

  /** Where a screen differs from the truth, in a line each. */
  disagreements(): string[] {
    const { present } = this
    return this.observers.flatMap(({ name, screen, online }) => {
      if (!screen.isSettled) return [`${name} is not told everything`]
      const ghosts = [...online].filter((id) => !present.has(id))
      const missing = [...present].filter((id) => !online.has(id))
      if (ghosts.length + missing.length === 0) return []
      return [`${name}: ${ghosts.length} ghosts, ${missing.length} missing`]
    })
  }

  /** Until every observer was told everything. */
  untilSettled(withinMs: number): Promise<number> {
    return this.until(
      () =>
        this.observers.flatMap(({ name, screen }) =>
          screen.isSettled ? [] : [`${name} is not told everything`],
        ),
      withinMs,
    )
  }

  /** Until each of these is connected. */
  untilConnected(tabs: readonly Tab[], withinMs: number): Promise<number> {
    return this.until(
      () => tabs.flatMap((tab) => (tab.isLive ? [] : [`${tab.user} is ${tab.connection.state.kind}`])),
      withinMs,
    )
  }

  /**
   * Until every screen equals the truth.
   * @returns how long it took, ms
   */
  untilAgreed(withinMs: number): Promise<number> {
    return this.until(() => this.disagreements(), withinMs)
  }

  /** How often, of all that was shown since, these users were shown come or go. */
  shownSince(event: number, people: readonly { readonly user: string }[]): number {
    return this.#shownSince(event, people).length
  }

  /** How often these users were shown come since. */
  cameSince(event: number, people: readonly { readonly user: string }[]): number {
    return this.#shownSince(event, people).filter(({ status }) => status === 'online').length
  }

  /** The observers who can know: they were told everything, and their process runs and reaches Redis. */
  get knowing(): readonly Observer[] {
    return this.observers.filter(
      ({ tab, screen }) => screen.isSettled && this.process(tab.process).state === 'running',
    )
  }

  /** Whom of these an observer who can know shows online. */
  stillShown(people: readonly { readonly user: string }[]): string[] {
    return this.#whoShows(people, 'online', 'who are gone')
  }

  /** Whom of these an observer who can know does not show online. */
  notShown(people: readonly { readonly user: string }[]): string[] {
    return this.#whoShows(people, 'offline', 'as offline who are there')
  }

  /** Until nothing is left of what `wanting` names. @returns how long it took, ms */
  readonly until = until

  /** The most that any process held, in MiB. */
  get peakMemory(): number {
    return this.#memory.peak
  }

  async close(): Promise<void> {
    this.#memory.stop()
    this.#stopLag()
    await this.endMoving()
    for (const tab of this.tabs) tab.close()
    for (const { tab } of this.observers) tab.close()
    await Promise.all(this.processes.map((process) => process.kill()))
    await Promise.all(this.redisPaths.map((path) => path.stop()))
    await this.redis.stop()
    await this.pool.end()
  }

  #shownSince(event: number, people: readonly { readonly user: string }[]) {
    const users = new Set(people.map(({ user }) => user))
    return this.log.events
      .slice(event)
      .filter((entry) => entry.type === 'shown')
      .filter(({ user }) => users.has(user))
  }

  #whoShows(people: readonly { readonly user: string }[], status: string, as: string): string[] {
    return this.knowing.flatMap(({ name, screen }) => {
      const shown = people.filter(({ user }) => (screen.user(user)?.status ?? 'offline') === status)
      return shown.length === 0 ? [] : [`${name} shows ${shown.length} ${as}`]
    })
  }
}
