import type { RollcallConnection } from '@rollcall/client'

export interface SimulatedUserOptions {
  readonly connection: Pick<RollcallConnection, 'on' | 'watch' | 'start' | 'stop'>
  /** Numbers from 0 up to 1. */
  readonly random: () => number
  /** How long one stays and stays away on average, ms. */
  readonly stayMs: number
  readonly awayMs: number
  /** How often one who is there scrolls on average, ms. */
  readonly scrollMs: number
}

const ROWS = 50

/** One who comes, looks here and there, and goes, all at random. */
export class SimulatedUser {
  readonly #options: SimulatedUserOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #leavesAt = 0
  #isThere = false
  #online = 0

  constructor(options: SimulatedUserOptions) {
    this.#options = options
    options.connection.on('message', (message) => {
      if ('counts' in message) this.#online = message.counts.online
    })
  }

  get isThere(): boolean {
    return this.#isThere
  }

  /** Comes or stays away, as often as one would find him so. */
  begin(): void {
    const { stayMs, awayMs, random } = this.#options
    if (random() < stayMs / (stayMs + awayMs)) this.#come()
    else this.#later(awayMs, () => this.#come())
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#isThere = false
    this.#options.connection.stop()
  }

  #come(): void {
    const { connection, stayMs } = this.#options
    this.#isThere = true
    this.#leavesAt = Date.now() + this.#about(stayMs)
    connection.watch({ users: [], online: { from: null, limit: ROWS } })
    connection.start()
    this.#stay()
  }

  #stay(): void {
    this.#later(this.#options.scrollMs, () => {
      if (Date.now() >= this.#leavesAt) this.#go()
      else {
        const from = Math.floor(this.#options.random() * this.#online)
        this.#options.connection.watch({ users: [], online: { from, limit: ROWS } })
        this.#stay()
      }
    })
  }

  #go(): void {
    this.#isThere = false
    this.#options.connection.stop()
    this.#later(this.#options.awayMs, () => this.#come())
  }

  #later(ms: number, action: () => void): void {
    this.#timer = setTimeout(action, this.#about(ms))
  }

  /** Exponential, as of people who do not know of each other, and never forever. */
  #about(ms: number): number {
    return Math.min(-Math.log(1 - this.#options.random()), 5) * ms
  }
}
