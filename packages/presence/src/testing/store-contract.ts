import { describe, test } from 'vitest'

import { batchRules } from './store-contract-batches.ts'
import { epochRules } from './store-contract-epochs.ts'
import { leaseRules } from './store-contract-leases.ts'
import { pauseRules } from './store-contract-pauses.ts'
import { readRules } from './store-contract-reads.ts'
import { World, type Rule, type TestedStore, type TestedStoreOptions } from './store-world.ts'

/** The rules of `PresenceStore`, for any implementation. Each is tried on a store of its own, and several at a time: most of them wait. */
export function storeContract(
  name: string,
  create: (options: TestedStoreOptions) => Promise<TestedStore>,
): void {
  const rule: Rule = (title, hold) => {
    test.concurrent(title, async () => {
      const world = await World.create(create)
      try {
        await hold(world)
      } finally {
        await world.store.close()
      }
    })
  }
  describe(`presence store: ${name}`, () => {
    epochRules(rule)
    batchRules(rule)
    leaseRules(rule)
    pauseRules(rule)
    readRules(rule)
  })
}
