import type { RollcallConnection } from '@rollcall/client'
import { setTimeout as sleep } from 'node:timers/promises'

import type { MadeUpSession } from './made-up-sessions.ts'
import { nodeClient } from './node-client.ts'
import { SimulatedUser } from './simulated-user.ts'

export interface SimulationOptions {
  /** The product's origin. */
  readonly url: string
  readonly sessions: readonly MadeUpSession[]
  readonly stayMs: number
  readonly awayMs: number
  readonly minutes: number
  readonly random: () => number
}

/** How many begin in a second: a crowd that comes, not a burst. */
const BEGIN_PER_SECOND = 200
const SCROLL_MS = 5_000
const TELL_MS = 1_000

/** Many simulated users at once. */
export class Simulation {
  readonly #options: SimulationOptions
  readonly #users: SimulatedUser[] = []
  readonly #connections: RollcallConnection[] = []
  #changes = 0
  #total: number | undefined
  #online: number | undefined
  #isOver = false

  constructor(options: SimulationOptions) {
    this.#options = options
  }

  /** Until the time is over, telling how it goes in a line a second. */
  async run(tell: (line: string) => void): Promise<void> {
    const endsAt = Date.now() + this.#options.minutes * 60_000
    let begun = 0
    while (!this.#isOver && Date.now() < endsAt) {
      for (const session of this.#options.sessions.slice(begun, begun + BEGIN_PER_SECOND))
        this.#begin(session)
      begun = this.#users.length
      // oxlint-disable-next-line no-await-in-loop
      await sleep(TELL_MS)
      if (!this.#isOver) tell(this.#line())
    }
  }

  /** All go, and their connections get a moment to close. */
  async stop(): Promise<void> {
    this.#isOver = true
    for (const user of this.#users) user.end()
    await sleep(500)
  }

  #begin({ cookie }: MadeUpSession): void {
    const { url, stayMs, awayMs, random } = this.#options
    const { connection } = nodeClient(url, cookie)
    connection.on('message', (message) => {
      if (message.type === 'presence') this.#changes += message.changes.length
      if ('counts' in message) ({ online: this.#online, total: this.#total } = message.counts)
    })
    this.#connections.push(connection)
    const user = new SimulatedUser({ connection, random, stayMs, awayMs, scrollMs: SCROLL_MS })
    this.#users.push(user)
    user.begin()
  }

  #line(): string {
    const there = this.#users.filter((user) => user.isThere).length
    const live = this.#connections.filter(({ state }) => state.kind === 'live').length
    const ended = this.#connections.filter(
      ({ state }) => state.kind === 'ended' && state.reason !== 'stopped',
    ).length
    const told = this.#online === undefined ? '' : ` · ${this.#online} of ${this.#total} online`
    return `${there} of ${this.#options.sessions.length} are there, ${live} connected${told} · ${this.#changes} changes told${ended > 0 ? ` · ${ended} sessions ended` : ''}`
  }
}
