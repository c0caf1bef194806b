import { expect } from 'vitest'

import type {
  Batch,
  BatchAnswer,
  Beat,
  BeatAnswer,
  Entry,
  Epoch,
  Incarnation,
  Person,
  PresenceStore,
} from '../ports.ts'

interface ProcessOptions {
  readonly store: PresenceStore
  readonly epoch: Epoch
  readonly incarnation: Incarnation
  readonly leaseMs: number
  readonly graceMs: number
}

type Beaten = Extract<BeatAnswer, { result: 'beating' }>

/** A process at a store, as bare as the port: it numbers its batches and remembers what it heard. */
export class Process {
  readonly store: PresenceStore
  readonly incarnation: Incarnation
  readonly heard: Entry[] = []
  readonly probes: string[] = []
  readonly links: ('subscribed' | 'unsubscribed')[] = []
  readonly #options: ProcessOptions
  #number = 0
  #beaten: Beaten | null = null

  constructor(options: ProcessOptions) {
    this.#options = options
    this.store = options.store
    this.incarnation = options.incarnation
  }

  static async join(options: ProcessOptions): Promise<Process> {
    const process = new Process(options)
    await options.store.subscribe({
      entry: (entry) => process.heard.push(entry),
      probe: (token) => process.probes.push(token),
      subscribed: () => process.links.push('subscribed'),
      unsubscribed: () => process.links.push('unsubscribed'),
    })
    await process.beat({ joins: true })
    return process
  }

  /** The answer to the last beat. */
  get beaten(): Beaten {
    if (this.#beaten === null) throw new Error('No beat yet')
    return this.#beaten
  }

  get lastHeard(): number {
    const last = this.heard.at(-1)
    return last === undefined ? 0 : last.first + last.changes.length - 1
  }

  beatOf(changed: Partial<Beat>): Beat {
    const { epoch, incarnation, leaseMs, graceMs } = this.#options
    return { epoch, incarnation, leaseMs, graceMs, joins: false, ...changed }
  }

  async beat(changed: Partial<Beat> = {}): Promise<Beaten> {
    const answer = await this.store.beat(this.beatOf(changed))
    if (answer.result !== 'beating') expect.fail(`${this.incarnation} is ${answer.result}`)
    this.#beaten = answer
    return answer
  }

  async apply(changed: Partial<Batch>): Promise<BatchAnswer> {
    const { epoch, incarnation } = this.#options
    this.#number += 1
    return this.store.apply({
      epoch,
      incarnation,
      number: this.#number,
      holds: [],
      releases: [],
      notices: [],
      ...changed,
    })
  }

  async hold(...ids: string[]): Promise<Entry | null> {
    return this.#done({ holds: people(...ids) })
  }

  async release(...ids: string[]): Promise<Entry | null> {
    return this.#done({ releases: ids })
  }

  async #done(changed: Partial<Batch>): Promise<Entry | null> {
    const answer = await this.apply(changed)
    if (answer.result !== 'done') expect.fail(`the batch of ${this.incarnation} is ${answer.result}`)
    return answer.entry
  }
}

/** A user whose name is his id with a capital. */
export function person(id: string): Person {
  return { id, name: id.charAt(0).toUpperCase() + id.slice(1) }
}

export function people(...ids: string[]): Person[] {
  return ids.map((id) => person(id))
}

export function byId(list: readonly Person[]): Person[] {
  return list.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
