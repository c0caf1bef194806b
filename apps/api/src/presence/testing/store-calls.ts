import type { Batch, Beat, Person } from '@rollcall/presence'

export const ann: Person = { id: 'ann', name: 'Ann' }
export const bob: Person = { id: 'bob', name: 'Bob' }

/** Long enough that nothing ends by itself. */
const LONG = { leaseMs: 600_000, graceMs: 300_000 }

export function batch(epoch: string, number: number, changed: Partial<Batch>): Batch {
  return { epoch, incarnation: 'a', number, holds: [], releases: [], notices: [], ...changed }
}

export function beat(epoch: string, changed: Partial<Beat> = {}): Beat {
  return { epoch, incarnation: 'a', joins: true, ...LONG, ...changed }
}
