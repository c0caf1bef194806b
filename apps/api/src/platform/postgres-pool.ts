import pg from 'pg'

import { DatabaseUnavailable, translate } from './database-error.ts'
import type { SqlConnection, SqlResult, SqlSource } from './sql-dialect.ts'

const CONNECT_WITHIN_MS = 1_500
const ANSWER_WITHIN_MS = 1_500
/** How often the server is asked whether it is there: while somebody waits for it or it is away, … */
const PROBE_EVERY_MS = 400
/** … and while all is quiet. */
const REST_MS = 2_000
const STATEMENT_WITHIN_MS = 5_000

interface PoolOptions {
  readonly url: string
  /** How many connections at most. */
  readonly size: number
}

/**
 * A pool that tells within two seconds whoever waits for the server that it is away, frozen ones included: a connection of its own asks
 * whether it is there, and while that stays unanswered, what waits is refused and what comes is refused at once.
 */
export class GuardedPool implements SqlSource {
  isUp = false
  readonly #settings: pg.ClientConfig
  readonly #pool: pg.Pool
  readonly #waiting = new Set<(error: Error) => void>()
  #probe: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  /** When it is asked next, ms; infinite while it is being asked. */
  #askAt = Infinity
  #ended = false
  #down: DatabaseUnavailable | undefined

  constructor({ url, size }: PoolOptions) {
    this.#settings = { ...clientSettings(url), statement_timeout: STATEMENT_WITHIN_MS }
    this.#pool = new pg.Pool({ ...this.#settings, max: size, idleTimeoutMillis: 30_000 })
    this.#pool.on('error', () => {})
    // A client that is lent out when its server dies tells both its query and this event.
    this.#pool.on('connect', (client) => client.on('error', () => {}))
    void this.#ask()
  }

  async acquire(): Promise<SqlConnection> {
    if (this.#down !== undefined) throw this.#down
    const connecting = this.#pool.connect()
    try {
      return this.#lend(await this.#guard(connecting))
    } catch (error) {
      // It may come after all: then it goes straight back.
      connecting.then(
        (client) => client.release(),
        () => {},
      )
      throw translate(error)
    }
  }

  /** Resolves when the server has answered; whoever asks before that is refused. */
  async untilUp(): Promise<void> {
    while (!this.isUp && !this.#ended) {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async end(): Promise<void> {
    this.#ended = true
    this.isUp = false
    clearTimeout(this.#timer)
    this.#fail(new DatabaseUnavailable('The database is being closed.'))
    await Promise.allSettled([this.#probe?.end(), this.#pool.end()])
  }

  #lend(client: pg.PoolClient): SqlConnection {
    let lost: DatabaseUnavailable | undefined
    return {
      query: async (sql, parameters) => {
        if (lost !== undefined) throw lost
        try {
          return await this.#guard(queryOn(client, sql, parameters))
        } catch (error) {
          const translated = translate(error)
          if (translated instanceof DatabaseUnavailable) lost = translated
          throw translated
        }
      },
      release: (broken) => client.release(broken || lost !== undefined),
    }
  }

  /** Rejects as soon as the server is found to be away. */
  async #guard<T>(promise: Promise<T>): Promise<T> {
    const away = Promise.withResolvers<never>()
    this.#waiting.add(away.reject)
    this.#askWithin(PROBE_EVERY_MS)
    try {
      return await Promise.race([promise, away.promise])
    } finally {
      this.#waiting.delete(away.reject)
    }
  }

  /** Brings the next question forward. */
  #askWithin(ms: number): void {
    const at = performance.now() + ms
    if (this.#ended || this.#askAt === Infinity || at >= this.#askAt) return
    this.#plan(at)
  }

  #plan(at: number): void {
    clearTimeout(this.#timer)
    this.#askAt = at
    this.#timer = setTimeout(() => void this.#ask(), at - performance.now()).unref()
  }

  async #ask(): Promise<void> {
    this.#askAt = Infinity
    try {
      await within(this.#askOnce(), ANSWER_WITHIN_MS)
      this.#down = undefined
      this.isUp = !this.#ended
    } catch (error) {
      const probe = this.#probe
      this.#probe = undefined
      probe?.end().catch(() => {})
      this.#fail(
        new DatabaseUnavailable(error instanceof Error ? error.message : String(error), { cause: error }),
      )
    }
    if (this.#ended) return
    const isQuiet = this.isUp && this.#waiting.size === 0
    this.#plan(performance.now() + (isQuiet ? REST_MS : PROBE_EVERY_MS))
  }

  async #askOnce(): Promise<void> {
    if (this.#probe === undefined) {
      const probe = new pg.Client(this.#settings)
      probe.on('error', () => this.#broke(probe))
      this.#probe = probe
      await probe.connect()
    }
    await this.#probe.query('select 1')
  }

  /** This connection is gone; another one finds out whether the server is. */
  #broke(probe: pg.Client): void {
    if (this.#probe !== probe) return
    this.#probe = undefined
    this.#askWithin(0)
  }

  #fail(error: DatabaseUnavailable): void {
    this.isUp = false
    this.#down = error
    for (const reject of this.#waiting) reject(error)
  }
}

/** Numbers of 64 bits come as numbers, as PGlite gives them. */
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)

async function queryOn(
  client: pg.PoolClient | pg.Pool,
  sql: string,
  parameters: readonly unknown[],
): Promise<SqlResult> {
  const { rows, rowCount } = await client.query<Record<string, unknown>>(sql, [...parameters])
  return { rows, affectedRows: rowCount ?? 0 }
}

/** A plain source without a guard, for what may take its time. */
export function patientSource(url: string): SqlSource & { end(): Promise<void> } {
  const pool = new pg.Pool({ ...clientSettings(url), max: 2 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return {
    acquire: async () => {
      const client = await pool.connect()
      return {
        query: (sql, parameters) => queryOn(client, sql, parameters),
        release: (broken) => client.release(broken),
      }
    },
    end: () => pool.end(),
  }
}

function clientSettings(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'rollcall',
    keepAlive: true,
    types,
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    // What came while this process stood still is read before the verdict.
    setImmediate(() => late.reject(new Error(`no answer within ${ms} ms`)))
  }, ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
