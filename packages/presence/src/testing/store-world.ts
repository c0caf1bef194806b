import { expect } from 'vitest'

import type { PresenceStore } from '../ports.ts'
import { Process } from './store-process.ts'

/** A store that is tested, empty at first, on which nobody else works. */
export interface TestedStore {
  /** The store as one more process sees it. */
  client(): Promise<PresenceStore>
  /** Everything is forgotten, as FLUSHALL does. */
  lose(): Promise<void>
  /** Lets time pass where the store lives: on a real one, it waits. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

export interface TestedStoreOptions {
  readonly logEntries: number
  readonly logChanges: number
}

/** A lease that ends within a test. Wherever something must not have ended yet, the lease is long, however slow the machine. */
export const SHORT = { leaseMs: 600, graceMs: 300 }
export const LONG = { leaseMs: 600_000, graceMs: 300_000 }
const BEAT_MS = SHORT.leaseMs / 6
/** What has not come to be after so many beats never will. */
const MOST_BEATS = 400

/** A test of a rule, on a store of its own. */
export type Rule = (title: string, hold: (world: World) => Promise<void>) => void

/** A store, and the epoch that its processes begin in. */
export class World {
  readonly store: TestedStore
  epoch: string

  constructor(store: TestedStore, epoch: string) {
    this.store = store
    this.epoch = epoch
  }

  static async create(create: (options: TestedStoreOptions) => Promise<TestedStore>): Promise<World> {
    const store = await create({ logEntries: 300, logChanges: 3_000 })
    return new World(store, await (await store.client()).begin(null))
  }

  async join(incarnation: string, lease = LONG): Promise<Process> {
    return Process.join({ store: await this.store.client(), epoch: this.epoch, incarnation, ...lease })
  }

  /** Waits until something is so that needs no beat. */
  async until(isSo: () => boolean): Promise<void> {
    await this.beatUntil([], isSo)
  }

  /** Beats until something is so. */
  async beatUntil(beating: readonly Process[], isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let i = 0; i < MOST_BEATS; i++) {
      for (const each of beating) await each.beat()
      if (await isSo()) return
      await this.store.advance(BEAT_MS)
    }
    expect.fail('it did not come to be')
  }

  async beatUntilSettled(beating: readonly Process[]): Promise<void> {
    await this.beatUntil(beating, () => beating.every(({ beaten }) => beaten.settled))
  }

  async beatUntilDue(beating: readonly Process[], dead: string): Promise<void> {
    await this.beatUntil(beating, () => beating.every(({ beaten }) => beaten.due.includes(dead)))
  }
}
