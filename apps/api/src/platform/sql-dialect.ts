import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'

export interface SqlResult {
  readonly rows: readonly unknown[]
  readonly affectedRows: number
}

/** One connection, in the hands of one user until it is released. */
export interface SqlConnection {
  query(sql: string, parameters: readonly unknown[]): Promise<SqlResult>
  /** `broken`: it is not to be used again. */
  release(broken: boolean): void
}

export interface SqlSource {
  acquire(): Promise<SqlConnection>
}

/**
 * Kysely over whatever speaks PostgreSQL's SQL. Its own dialects do not fit: that for PGlite wants it in the same thread, that for pg
 * cannot be told that a server is away.
 */
export class SqlDialect implements Dialect {
  readonly #source: SqlSource
  readonly #adapter: PostgresAdapter

  constructor(source: SqlSource, adapter: PostgresAdapter) {
    this.#source = source
    this.#adapter = adapter
  }

  createAdapter(): PostgresAdapter {
    return this.#adapter
  }

  createDriver(): Driver {
    return new SqlDriver(this.#source)
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db)
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler()
  }
}

class SqlDriver implements Driver {
  readonly #source: SqlSource

  constructor(source: SqlSource) {
    this.#source = source
  }

  init(): Promise<void> {
    return Promise.resolve()
  }

  async acquireConnection(): Promise<Adapted> {
    return new Adapted(await this.#source.acquire())
  }

  releaseConnection(connection: Adapted): Promise<void> {
    connection.release()
    return Promise.resolve()
  }

  beginTransaction(connection: Adapted, { isolationLevel }: TransactionSettings): Promise<void> {
    return connection.run(isolationLevel === undefined ? 'begin' : `begin isolation level ${isolationLevel}`)
  }

  commitTransaction(connection: Adapted): Promise<void> {
    return connection.run('commit')
  }

  async rollbackTransaction(connection: Adapted): Promise<void> {
    try {
      await connection.run('rollback')
    } catch (error) {
      connection.broken = true
      throw error
    }
  }

  destroy(): Promise<void> {
    return Promise.resolve()
  }
}

class Adapted implements DatabaseConnection {
  broken = false
  readonly #connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.#connection = connection
  }

  async run(sql: string): Promise<void> {
    await this.#connection.query(sql, [])
  }

  release(): void {
    this.#connection.release(this.broken)
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, affectedRows } = await this.#connection.query(query.sql, query.parameters)
    // What the rows hold is what the query's types say: every Kysely driver vouches for that.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return { rows: rows as R[], numAffectedRows: BigInt(affectedRows) }
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Nothing here streams.')
  }
}
