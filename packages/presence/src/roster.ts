import type { Entry, Epoch, Person, UserId } from './ports.ts'

/** Where an entry stands to what a roster has: `foreign` is of another epoch. */
export type Place = 'next' | 'old' | 'gap' | 'foreign'

/** Who is online anywhere, as far as the total order is known here (P4). */
export class Roster {
  #names = new Map<UserId, string>()
  #epoch: Epoch | null = null
  #seq = 0

  get epoch(): Epoch | null {
    return this.#epoch
  }

  /** The last seq that is contained. */
  get seq(): number {
    return this.#seq
  }

  get size(): number {
    return this.#names.size
  }

  has(id: UserId): boolean {
    return this.#names.has(id)
  }

  nameOf(id: UserId): string | undefined {
    return this.#names.get(id)
  }

  entries(): MapIterator<[UserId, string]> {
    return this.#names.entries()
  }

  /** Another epoch stands: nothing of its order is known yet, and nobody is dropped for that (P7). */
  begin(epoch: Epoch): void {
    this.#epoch = epoch
    this.#seq = 0
  }

  place(entry: Entry): Place {
    if (entry.epoch !== this.#epoch) return 'foreign'
    if (entry.first > this.#seq + 1) return 'gap'
    return lastOf(entry) > this.#seq ? 'next' : 'old'
  }

  /** Applies an entry that is next and answers who came or went; what is contained already changes nothing. */
  apply(entry: Entry): Person[] {
    if (this.place(entry) !== 'next') return []
    const changed: Person[] = []
    for (const change of entry.changes.slice(this.#seq + 1 - entry.first)) {
      if (change.kind === 'online') {
        if (!this.#names.has(change.id)) changed.push(change)
        this.#names.set(change.id, change.name)
      } else if (change.kind === 'offline') {
        if (this.#names.delete(change.id)) changed.push(change)
      }
    }
    this.#seq = lastOf(entry)
    return changed
  }

  /**
   * Takes the place of all that was known, up to `seq` at least. With `keep`, who is not named stays (an epoch that has not settled).
   * The old people are answered, for {@link differences} once the entries after `seq` are applied.
   */
  load(snapshot: { seq: number; online: readonly Person[]; keep: boolean }): ReadonlyMap<UserId, string> {
    const before = this.#names
    this.#names = new Map(snapshot.keep ? before : undefined)
    for (const person of snapshot.online) this.#names.set(person.id, person.name)
    this.#seq = snapshot.seq
    return before
  }

  /** Who came or went since `before`. */
  differences(before: ReadonlyMap<UserId, string>): Person[] {
    const changed: Person[] = []
    for (const [id, name] of before) if (!this.#names.has(id)) changed.push({ id, name })
    for (const [id, name] of this.#names) if (!before.has(id)) changed.push({ id, name })
    return changed
  }
}

export function lastOf(entry: Entry): number {
  return entry.first + entry.changes.length - 1
}
