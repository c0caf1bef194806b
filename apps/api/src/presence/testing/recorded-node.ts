import type { PresenceStore } from '@rollcall/presence'

import { silent } from '../../testing/tested-redis-store.ts'
import { PresenceNode } from '../presence-node.ts'
import { FaultyStore } from './faulty-store.ts'

/** A node on a store that can be harmed, and all that it said. */
export interface RecordedNode {
  readonly node: PresenceNode
  readonly store: FaultyStore
  /** What its screens were told: `+ada`, `-ada`. */
  readonly told: string[]
  readonly ended: string[]
  readonly directory: string[]
  readonly freshness: string[]
  readonly seen: string[]
  rechecks: number
  wakes: number
}

export function recordedNode(
  redis: PresenceStore,
  { leaseMs, graceMs }: { leaseMs: number; graceMs: number },
): RecordedNode {
  const store = new FaultyStore(redis)
  const shown = new Set<string>()
  const recorded: RecordedNode = {
    node: new PresenceNode({
      store,
      leaseMs,
      graceMs,
      shared: true,
      log: silent,
      events: {
        changed: (ids) => {
          for (const id of ids) {
            const online = recorded.node.isOnline(id)
            if (online === shown.has(id)) continue
            if (online) shown.add(id)
            else shown.delete(id)
            recorded.told.push(`${online ? '+' : '-'}${id}`)
          }
        },
        ended: (sessions) => recorded.ended.push(...sessions),
        directory: (changes) => recorded.directory.push(...changes.map(({ op, id }) => `${op} ${id}`)),
        freshness: ({ state }) => recorded.freshness.push(state),
        seen: (seen) => recorded.seen.push(...seen.map(({ id }) => id)),
        recheck: () => recorded.rechecks++,
        woke: () => recorded.wakes++,
      },
    }),
    store,
    told: [],
    ended: [],
    directory: [],
    freshness: [],
    seen: [],
    rechecks: 0,
    wakes: 0,
  }
  return recorded
}
