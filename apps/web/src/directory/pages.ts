import { HttpProblem } from '@rollcall/client'
import type { RollcallHttp, UsersRequest } from '@rollcall/client'
import type { UserPresence } from '@rollcall/protocol'

import type { Live } from '../platform/live.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000

/** Pages of the directory, brought together with what the websocket tells. */
export class Pages {
  readonly #http: Pick<RollcallHttp, 'users'>
  readonly #live: Live
  readonly #failing: (failing: boolean) => void

  /** @param options.failing told when a page does not come, and when one does again */
  constructor(options: {
    http: Pick<RollcallHttp, 'users'>
    live: Live
    failing: (failing: boolean) => void
  }) {
    this.#http = options.http
    this.#live = options.live
    this.#failing = options.failing
  }

  /**
   * Asks until there is an answer or `signal` is aborted.
   * @param take gets the users as they are by now, before anybody is told of them
   * @returns whether it was taken; not when aborted, or refused for good
   */
  async load(
    request: UsersRequest & { signal: AbortSignal },
    take: (users: UserPresence[], nextCursor: string | null) => void,
  ): Promise<boolean> {
    const { signal } = request
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(LONGEST_WAIT_MS, 2 * wait)) {
      const askedAt = Date.now()
      try {
        const answer = await this.#http.users(request)
        if (signal.aborted) return false
        const { screen } = this.#live
        const changed = screen.page(answer, askedAt)
        const users = answer.users.flatMap(({ id }) => screen.user(id) ?? [])
        this.#failing(false)
        take(users, answer.nextCursor)
        this.#live.changed(changed)
        return true
      } catch (error) {
        if (signal.aborted) return false
        if (error instanceof HttpProblem && error.status < 500 && error.status !== 429) return false
        this.#failing(true)
        const asked = error instanceof HttpProblem ? (error.retryAfterSeconds ?? 0) * 1_000 : 0
        await pause(Math.max(wait, Math.min(asked, LONGEST_WAIT_MS)), signal)
      }
    }
    return false
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
