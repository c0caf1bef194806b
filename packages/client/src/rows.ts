import type { UserPresence } from '@rollcall/protocol'

interface Row {
  readonly user: UserPresence
  /** When this was told, or its page asked for, ms. */
  readonly at: number
}

/** Enough for any list on a screen; more than that, and whoever was not heard of for longest is forgotten. */
const MOST_ROWS = 5_000
const MOST_REMOVED = 10_000

/** Users by id, and which of them changed. A user is the same object until something about him changes. */
export class Rows {
  readonly #rows = new Map<string, Row>()
  readonly #removed = new Set<string>()
  #changed = new Set<string>()

  get(id: string): UserPresence | undefined {
    return this.#rows.get(id)?.user
  }

  /** @returns ms, undefined for nobody we know */
  at(id: string): number | undefined {
    return this.#rows.get(id)?.at
  }

  isRemoved(id: string): boolean {
    return this.#removed.has(id)
  }

  *online(): IterableIterator<UserPresence> {
    for (const { user } of this.#rows.values()) if (user.status === 'online') yield user
  }

  put(user: UserPresence, at: number): UserPresence {
    const before = this.#rows.get(user.id)?.user
    const same = before !== undefined && isSame(before, user)
    const kept = same ? before : user
    this.#rows.delete(user.id)
    this.#rows.set(user.id, { user: kept, at })
    if (!same) this.#changed.add(user.id)
    return kept
  }

  /** The id is never named again; an older page that still names it is not believed. */
  remove(id: string): void {
    if (this.#rows.delete(id)) this.#changed.add(id)
    this.#removed.add(id)
    if (this.#removed.size <= MOST_REMOVED) return
    for (const oldest of this.#removed) {
      this.#removed.delete(oldest)
      return
    }
  }

  /** Forgets who is not needed, when there are too many. */
  prune(isNeeded: (user: UserPresence) => boolean): void {
    if (this.#rows.size <= MOST_ROWS) return
    for (const [id, { user }] of this.#rows) {
      if (this.#rows.size <= MOST_ROWS * 0.8) return
      if (!isNeeded(user)) this.#rows.delete(id)
    }
  }

  /** Who changed since this was last asked. */
  takeChanged(): ReadonlySet<string> {
    const changed = this.#changed
    if (changed.size > 0) this.#changed = new Set()
    return changed
  }
}

function isSame(one: UserPresence, other: UserPresence): boolean {
  return (
    one.status === other.status &&
    one.lastSeenAt === other.lastSeenAt &&
    one.username === other.username &&
    one.id === other.id
  )
}
