import type { UserId } from './ports.ts'
import type { Net, NetChange } from './tick.ts'

interface Flush {
  readonly version: number
  readonly changes: readonly NetChange[]
  /** Accounts were created or deleted: whoever missed it loads pages anew. */
  readonly accounts: boolean
}

const MOST_CHANGES = 10_000

/**
 * What slow connections, and cohorts whose turn is to come, have missed (P9), kept once for all of them: they only remember the version they
 * have heard of, and what waits for them is the set of users who changed since. Bounded: who is further behind needs a fresh snapshot.
 */
export class Backlog {
  readonly #capacity: number
  #flushes: Flush[] = []
  #kept = 0
  #version = 0
  /** The oldest version that one can catch up from. */
  #floor = 0
  readonly #found = new Map<number, readonly NetChange[] | null>()

  constructor(options: { capacity?: number } = {}) {
    this.#capacity = options.capacity ?? MOST_CHANGES
  }

  /** How many flushes told something. */
  get version(): number {
    return this.#version
  }

  add(net: Net): void {
    this.#version++
    this.#found.clear()
    const accounts = net.accounts.length > 0 || net.removals.length > 0
    this.#flushes.push({ version: this.#version, changes: net.changes, accounts })
    this.#kept += net.changes.length + 1
    let dropped = 0
    while (this.#kept > this.#capacity) {
      const oldest = this.#flushes[dropped++]
      if (oldest === undefined) break
      this.#kept -= oldest.changes.length + 1
      this.#floor = oldest.version
    }
    if (dropped > 0) this.#flushes = this.#flushes.slice(dropped)
  }

  /** The latest change of each user who changed since a version; null where a fresh snapshot is needed. */
  since(version: number): readonly NetChange[] | null {
    const known = this.#found.get(version)
    if (known !== undefined) return known
    const found = version < this.#floor ? null : this.#latest(version)
    this.#found.set(version, found)
    return found
  }

  #latest(version: number): readonly NetChange[] | null {
    const latest = new Map<UserId, NetChange>()
    for (let i = this.#flushes.length - 1; i >= 0; i--) {
      const flush = this.#flushes[i]
      if (flush === undefined || flush.version <= version) break
      if (flush.accounts) return null
      for (const change of flush.changes) if (!latest.has(change.id)) latest.set(change.id, change)
    }
    return [...latest.values()]
  }
}
