import { availableParallelism } from 'node:os'

import { hash, verify } from '@node-rs/argon2'

import { problem } from '../platform/problem.ts'

/** OWASP's least for Argon2id, which is this library's algorithm unless told otherwise: 19 MiB, 2 passes, 1 lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Hashing runs on libuv's four threads: one stays free for files and names. */
const AT_ONCE = Math.min(3, Math.max(1, availableParallelism()))
const MAX_WAITING = 512

/** Hashes passwords, a few at a time. Too many waiting are refused with 503: a queue without an end serves nobody. */
export class PasswordHasher {
  readonly #dummy: Promise<string>
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor() {
    this.#dummy = hash('somebody who does not exist', parameters)
    this.#dummy.catch(() => {})
  }

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, parameters))
  }

  /** An unknown account (null) takes as long as a wrong password. */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const against = passwordHash ?? (await this.#dummy)
    const isRight = await this.#inTurn(() => verify(against, password))
    return isRight && passwordHash !== null
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) {
        throw problem(503, 'Too many people are logging in at this moment. Try again in a moment.', {
          retryAfter: 5,
        })
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#running++
    }
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
