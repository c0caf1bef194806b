import type { Connections } from './connections.ts'
import type { Person, UserId } from './ports.ts'
import type { Roster } from './roster.ts'

/**
 * Who shows as online: whom the roster has, or whose connection is held here, or who went while more was known to come that he may be in
 * (P13); never a removed account.
 */
export class Visible {
  readonly #roster: Roster
  readonly #connections: Connections
  /** Shown because of this process, and not in the roster: held here, or gone while nobody could know whether others hold him. */
  readonly #ahead = new Map<UserId, { readonly name: string; readonly since: number }>()
  /** Removed accounts that the roster still has. */
  readonly #hidden = new Set<UserId>()
  /** Gone from a roster that is behind: what is still to come may have them back. */
  readonly #doubted = new Map<UserId, string>()
  #isTrusted = false
  readonly #isRemoved: (id: UserId) => boolean

  constructor(options: { roster: Roster; connections: Connections; isRemoved: (id: UserId) => boolean }) {
    this.#roster = options.roster
    this.#connections = options.connections
    this.#isRemoved = options.isRemoved
  }

  get count(): number {
    return this.#roster.size + this.#ahead.size + this.#doubted.size - this.#hidden.size
  }

  has(id: UserId): boolean {
    return (this.#roster.has(id) && !this.#hidden.has(id)) || this.#ahead.has(id) || this.#doubted.has(id)
  }

  nameOf(id: UserId): string | undefined {
    if (!this.has(id)) return undefined
    return this.#roster.nameOf(id) ?? this.#ahead.get(id)?.name ?? this.#doubted.get(id)
  }

  *people(): Generator<Person> {
    for (const [id, name] of this.#roster.entries()) if (!this.#hidden.has(id)) yield { id, name }
    for (const [id, { name }] of this.#ahead) yield { id, name }
    for (const [id, name] of this.#doubted) yield { id, name }
  }

  /** Whether the roster lacks nothing that is known of. Answers who goes now that it does not. */
  trust(isUpToDate: boolean): UserId[] {
    this.#isTrusted = isUpToDate
    if (!isUpToDate || this.#doubted.size === 0) return []
    const gone = [...this.#doubted.keys()]
    this.#doubted.clear()
    return gone
  }

  /** Since when, by this process's `now`, a user is shown whom the roster does not have. */
  aheadSince(id: UserId): number | undefined {
    return this.#ahead.get(id)?.since
  }

  ahead(): MapIterator<UserId> {
    return this.#ahead.keys()
  }

  /** He came here. True if he did not show before. */
  came(person: Person, now: number): boolean {
    const isDoubted = this.#doubted.delete(person.id)
    if (this.has(person.id) || this.#isRemoved(person.id)) return false
    this.#ahead.set(person.id, { name: person.name, since: now })
    return !isDoubted
  }

  /** The roster changed for this user. */
  rosterChanged({ id, name }: Person, now: number): void {
    if (!this.#roster.has(id)) {
      this.#hidden.delete(id)
      const person = this.#connections.held(id)
      if (person !== undefined) this.came(person, now)
      else if (!this.#isTrusted && !this.has(id) && !this.#isRemoved(id)) this.#doubted.set(id, name)
      return
    }
    this.#ahead.delete(id)
    this.#doubted.delete(id)
    if (this.#isRemoved(id)) this.#hidden.add(id)
  }

  /** The account is gone, whatever the roster says. */
  removed(id: UserId): void {
    this.#ahead.delete(id)
    this.#doubted.delete(id)
    if (this.#roster.has(id)) this.#hidden.add(id)
  }

  /** Nobody holds him: he shows no longer because of this process. */
  drop(id: UserId): void {
    this.#ahead.delete(id)
  }
}
