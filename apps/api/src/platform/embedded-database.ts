import { Worker } from 'node:worker_threads'

import { z } from 'zod'

import { DatabaseUnavailable } from './database-error.ts'
import type { SqlConnection, SqlResult, SqlSource } from './sql-dialect.ts'

const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({
    kind: z.literal('rows'),
    id: z.number(),
    rows: z.custom<unknown[]>(Array.isArray),
    affectedRows: z.number(),
  }),
  z.object({ kind: z.literal('error'), id: z.number(), message: z.string(), code: z.string().optional() }),
  z.object({ kind: z.literal('closed') }),
])

/** PGlite on a worker thread, asked by messages. `directory` null keeps everything in memory. */
export class EmbeddedDatabase implements SqlSource {
  readonly opened: Promise<void>
  /** Why it is not there any more, once it is not. */
  readonly ended: Promise<Error>
  /** True from the moment it is open until it is closed or its thread died. */
  isUp = false
  readonly #worker: Worker
  readonly #waiting = new Map<number, PromiseWithResolvers<SqlResult>>()
  readonly #opened = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<Error>()
  #lastId = 0
  #end: Error | undefined

  constructor(directory: string | null) {
    this.opened = this.#opened.promise
    this.ended = this.#ended.promise
    this.opened.catch(() => {})
    this.#worker = new Worker(new URL('embedded-worker.ts', import.meta.url), { workerData: { directory } })
    this.#worker.on('message', (message: unknown) => this.#hear(message))
    this.#worker.on('error', (error: Error) => this.#finish(error))
    this.#worker.on('exit', () => this.#finish(new Error('its thread has ended')))
  }

  /** PGlite has one connection: Kysely, told so by the adapter, gives it to one user at a time. */
  async acquire(): Promise<SqlConnection> {
    return { query: (sql, parameters) => this.#query(sql, parameters), release: () => {} }
  }

  /** Writes everything down, closes the files and ends the thread; where it is not open yet, it is not waited for. */
  async close(): Promise<void> {
    if (this.isUp) {
      this.#worker.postMessage({ kind: 'close' })
      await this.ended
    }
    await this.#worker.terminate()
  }

  #query(sql: string, parameters: readonly unknown[]): Promise<SqlResult> {
    if (this.#end !== undefined) return Promise.reject(this.#end)
    const id = ++this.#lastId
    const answer = Promise.withResolvers<SqlResult>()
    this.#waiting.set(id, answer)
    this.#worker.postMessage({ kind: 'query', id, sql, parameters })
    return answer.promise
  }

  #hear(message: unknown): void {
    if (isNodesOwn(message)) return
    const answer = Answer.parse(message)
    switch (answer.kind) {
      case 'open':
        this.isUp = true
        this.#opened.resolve()
        break
      case 'failed':
        this.#finish(new Error(answer.message))
        break
      case 'closed':
        this.#finish(new Error('it is closed'))
        break
      case 'rows':
        this.#take(answer.id)?.resolve(answer)
        break
      case 'error':
        this.#take(answer.id)?.reject(Object.assign(new Error(answer.message), { code: answer.code }))
        break
    }
  }

  #take(id: number): PromiseWithResolvers<SqlResult> | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #finish(cause: Error): void {
    this.isUp = false
    this.#end ??= new DatabaseUnavailable(
      `The embedded database in DATA_DIR cannot be used: ${cause.message}`,
      { cause },
    )
    this.#opened.reject(this.#end)
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end)
    this.#waiting.clear()
    this.#ended.resolve(this.#end)
  }
}

/** Under `node --watch`, a thread tells by the same channel what it has imported: all of ours have a kind. */
function isNodesOwn(message: unknown): boolean {
  return typeof message === 'object' && message !== null && !('kind' in message)
}
