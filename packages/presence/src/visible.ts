import type { Connections } from './connections.ts'
import type { Person, UserId } from './ports.ts'
import type { Roster } from './roster.ts'

/** Who shows as online: whom the roster has, or whose connection is held here (P13); never a removed account. */
export class Visible {
  readonly #roster: Roster
  readonly #connections: Connections
  /** Shown because of this process, and not in the roster: held here, or gone while nobody could know whether others hold him. */
  readonly #ahead = new Map<UserId, { readonly name: string; readonly since: number }>()
  /** Removed accounts that the roster still has. */
  readonly #hidden = new Set<UserId>()
  readonly #isRemoved: (id: UserId) => boolean

  constructor(options: { roster: Roster; connections: Connections; isRemoved: (id: UserId) => boolean }) {
    this.#roster = options.roster
    this.#connections = options.connections
    this.#isRemoved = options.isRemoved
  }

  get count(): number {
    return this.#roster.size + this.#ahead.size - this.#hidden.size
  }

  has(id: UserId): boolean {
    return (this.#roster.has(id) && !this.#hidden.has(id)) || this.#ahead.has(id)
  }

  nameOf(id: UserId): string | undefined {
    return this.has(id) ? (this.#roster.nameOf(id) ?? this.#ahead.get(id)?.name) : undefined
  }

  *people(): Generator<Person> {
    for (const [id, name] of this.#roster.entries()) if (!this.#hidden.has(id)) yield { id, name }
    for (const [id, { name }] of this.#ahead) yield { id, name }
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
    if (this.has(person.id) || this.#isRemoved(person.id)) return false
    this.#ahead.set(person.id, { name: person.name, since: now })
    return true
  }

  /** The roster changed for this user. */
  rosterChanged(id: UserId, now: number): void {
    if (!this.#roster.has(id)) {
      this.#hidden.delete(id)
      const person = this.#connections.held(id)
      if (person !== undefined) this.came(person, now)
      return
    }
    this.#ahead.delete(id)
    if (this.#isRemoved(id)) this.#hidden.add(id)
  }

  /** The account is gone, whatever the roster says. */
  removed(id: UserId): void {
    this.#ahead.delete(id)
    if (this.#roster.has(id)) this.#hidden.add(id)
  }

  /** Nobody holds him: he shows no longer because of this process. */
  drop(id: UserId): void {
    this.#ahead.delete(id)
  }
}
