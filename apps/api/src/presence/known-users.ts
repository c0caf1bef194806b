import type { UserId } from '@rollcall/presence'

import type { KnownUser, KnownUsers, Socket } from './socket.ts'

/** Names and "last seen" from the database. Ids that name nobody are left out. */
export interface LastSeenReader {
  read(ids: Iterable<UserId>): Promise<ReadonlyMap<UserId, KnownUser>>
}

export interface KnownUsersOptions {
  readonly reader: LastSeenReader
  readonly answer: (socket: Socket, users: KnownUsers) => void
  readonly failed: (error: unknown) => void
}

const MOST_IN_A_QUERY = 5_000
const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 2_000

/**
 * Looks users up for sockets: one query at a time, for all who wait. While the database is away it asks again, and the sockets wait.
 */
export class KnownUsersQueue {
  readonly #options: KnownUsersOptions
  readonly #waiting = new Map<Socket, readonly UserId[]>()
  #isBusy = false
  #retryMs = FIRST_RETRY_MS
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(options: KnownUsersOptions) {
    this.#options = options
  }

  /** Replaces what this socket asked before. */
  ask(socket: Socket, ids: readonly UserId[]): void {
    this.#waiting.set(socket, ids)
    this.#next()
  }

  cancel(socket: Socket): void {
    this.#waiting.delete(socket)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#waiting.clear()
  }

  #next(): void {
    if (this.#isBusy || this.#isStopped || this.#waiting.size === 0) return
    this.#isBusy = true
    // Whoever asks in the same turn of the event loop comes along.
    setImmediate(() => void this.#read())
  }

  async #read(): Promise<void> {
    const asked: [Socket, readonly UserId[]][] = []
    const ids = new Set<UserId>()
    for (const one of this.#waiting) {
      asked.push(one)
      for (const id of one[1]) ids.add(id)
      if (ids.size >= MOST_IN_A_QUERY) break
    }
    try {
      const found = await this.#options.reader.read(ids)
      this.#retryMs = FIRST_RETRY_MS
      this.#answer(asked, ids, found)
      this.#isBusy = false
      this.#next()
    } catch (error) {
      this.#options.failed(error)
      if (this.#isStopped) return
      this.#timer = setTimeout(() => void this.#read(), this.#retryMs)
      this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS)
    }
  }

  #answer(
    asked: readonly [Socket, readonly UserId[]][],
    ids: Iterable<UserId>,
    found: ReadonlyMap<UserId, KnownUser>,
  ): void {
    const users = new Map<UserId, KnownUser | undefined>()
    for (const id of ids) users.set(id, found.get(id))
    for (const [socket, wanted] of asked) {
      if (this.#waiting.get(socket) !== wanted) continue
      this.#waiting.delete(socket)
      this.#options.answer(socket, users)
    }
  }
}
