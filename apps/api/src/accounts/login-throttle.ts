import { createHash } from 'node:crypto'

import { foldName } from '@rollcall/protocol'

import { addressKey } from '../platform/client-address.ts'
import { problem } from '../platform/problem.ts'
import type { RateLimit } from '../platform/rate-limit.ts'

interface LoginThrottleOptions {
  readonly byAccount: RateLimit
  readonly byAddress: RateLimit
}

export interface Attempt {
  readonly username: string
  readonly address: string
}

/** Counts wrong passwords, an account's and an address's, whether the account exists or not. */
export class LoginThrottle {
  readonly #options: LoginThrottleOptions
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(options: LoginThrottleOptions) {
    this.#options = options
  }

  /**
   * Answers what `verify` does, and counts a false. Attempts on one account go one after another, so that many at once cannot slip through
   * before the first is counted.
   * @throws a 429 over a limit.
   */
  async attempt({ username, address }: Attempt, verify: () => Promise<boolean>): Promise<boolean> {
    const account = createHash('sha256').update(foldName(username)).digest('base64url')
    const from = addressKey(address)
    return this.#inTurn(account, async () => {
      const { byAccount, byAddress } = this.#options
      const [forAccount, forAddress] = await Promise.all([byAccount.wait(account), byAddress.wait(from)])
      const wait = Math.max(forAccount, forAddress)
      if (wait > 0) {
        throw problem(429, `Too many failed log-ins. Try again in ${wait} s.`, { retryAfter: wait })
      }
      const isRight = await verify()
      if (!isRight) await Promise.all([byAccount.take(account), byAddress.take(from)])
      return isRight
    })
  }

  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const turn = (before ?? Promise.resolve()).then(work, work)
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
