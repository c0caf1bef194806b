import { freePort } from '@rollcall/api/testing/services/redis-server'
import { randomBytes } from 'node:crypto'
import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

import { ApiProcess } from '../chaos/api-process.ts'
import { EventLog } from '../chaos/event-log.ts'
import { MadeUpSessions } from '../made-up-sessions.ts'
import { type NodeClient, nodeClient } from '../node-client.ts'
import { fillDatabase } from './many-accounts.ts'

const ONLINE = 50

/** A product with so many accounts, some of whose people are online, and somebody who asks it for pages. */
export class DirectoryHouse {
  readonly accounts: number
  /** Folded names of some accounts, at random. */
  readonly names: readonly string[]
  readonly ids: readonly string[]
  readonly #product: ApiProcess
  readonly #database: pg.Client
  readonly #clients: readonly NodeClient[]
  readonly #cookie: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  private constructor(made: {
    accounts: number
    names: readonly string[]
    ids: readonly string[]
    product: ApiProcess
    database: pg.Client
    clients: readonly NodeClient[]
    cookie: string
  }) {
    this.accounts = made.accounts
    this.names = made.names
    this.ids = made.ids
    this.#product = made.product
    this.#database = made.database
    this.#clients = made.clients
    this.#cookie = made.cookie
  }

  /** @param url of an empty database */
  static async open(url: string, accounts: number, index: number): Promise<DirectoryHouse> {
    await fillDatabase(url, accounts)
    const secret = randomBytes(32).toString('hex')
    const product = new ApiProcess({
      index,
      port: await freePort(),
      env: { DATABASE_URL: url, SESSION_SECRET: secret },
      log: new EventLog(),
    })
    await product.start()
    const database = new pg.Client({ connectionString: url })
    await database.connect()
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    const madeUp = new MadeUpSessions({ pool, secret, secure: false })
    const sessions = await madeUp.begin(await madeUp.users(ONLINE))
    await pool.end()
    const clients = sessions.map(({ cookie }) => nodeClient(product.origin, cookie))
    for (const { connection } of clients) connection.start()
    const { rows } = await database.query<{ id: string; username_key: string }>(
      'select id, username_key from users order by random() limit 2000',
    )
    return new DirectoryHouse({
      accounts,
      product,
      database,
      clients,
      cookie: sessions[0]?.cookie ?? '',
      names: rows.map((row) => row.username_key),
      ids: rows.map((row) => row.id),
    })
  }

  /** Asks once, and says how long it took, ms, and what came. */
  async ask(path: string): Promise<{ ms: number; body: string }> {
    const begun = performance.now()
    const body = await new Promise<string>((resolve, reject) => {
      const asking = get(
        `${this.#product.origin}${path}`,
        { agent: this.#agent, headers: { cookie: this.#cookie } },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
          answer.once('error', reject)
          answer.once('end', () => {
            if (answer.statusCode === 200) resolve(text)
            else reject(new Error(`${path}: ${answer.statusCode} ${text}`))
          })
        },
      )
      asking.once('error', reject)
    })
    return { ms: performance.now() - begun, body }
  }

  /** Pages of 8 KiB that the database touched so far. What a backend did is known a second later, at its next statement. */
  async pagesTouched(): Promise<number> {
    await sleep(1100)
    await this.ask('/api/auth/session')
    const { rows } = await this.#database.query<{ pages: string }>(
      'select blks_hit + blks_read as pages from pg_stat_database where datname = current_database()',
    )
    return Number(rows[0]?.pages)
  }

  async close(): Promise<void> {
    for (const { connection } of this.#clients) connection.stop()
    this.#agent.destroy()
    await this.#database.end()
    await this.#product.terminate()
  }
}
