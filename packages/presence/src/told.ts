import type { Person, UserId } from './ports.ts'
import { SortedPeople } from './sorted-people.ts'
import type { Listed } from './sorted-people.ts'

/** A key that is greater than every name's: where the list ends. */
export const END = '\uFFFF'

/** Where a stretch begins: at or after a name, at a rank, or at the very beginning. */
export type Start = string | number | null

/** People online next to each other in name order, as of the last flush. */
export interface Found {
  /** The name where the stretch begins, null for the very beginning. */
  readonly from: string | null
  /** The last name of the stretch, null where it reaches the end of the list. */
  readonly to: string | null
  /** Their keys, both inside; {@link END} and the empty text where there is no name. */
  readonly fromKey: string
  readonly toKey: string
  /** How many are online before it. */
  readonly before: number
  readonly people: readonly Listed[]
}

/**
 * Who was told to be online, as of the last flush (P14): kept apart from who is. Snapshots are taken from here, so that a change
 * can never fall between a snapshot and the next frame.
 */
export class Told {
  readonly #people = new Map<UserId, Listed>()
  readonly #sorted = new SortedPeople()
  readonly #keyOf: (name: string) => string

  constructor(options: { keyOf: (name: string) => string }) {
    this.#keyOf = options.keyOf
  }

  get size(): number {
    return this.#people.size
  }

  get(id: UserId): Listed | undefined {
    return this.#people.get(id)
  }

  /** He is told to be online from now on. */
  come(person: Person): Listed {
    const listed: Listed = { id: person.id, name: person.name, key: this.#keyOf(person.name) }
    this.#people.set(person.id, listed)
    this.#sorted.add(listed)
    return listed
  }

  /** He is told to be offline from now on; undefined where he already was. */
  go(id: UserId): Listed | undefined {
    const listed = this.#people.get(id)
    if (listed === undefined) return undefined
    this.#people.delete(id)
    this.#sorted.delete(listed)
    return listed
  }

  /** The next of all in name order, behind somebody who need not be there any more. */
  after(person: Listed | null, count: number): Listed[] {
    return this.#sorted.after(person, count)
  }

  /** At most `limit` people from a start on. A rank behind the last one is the last one's. */
  find(start: Start, limit: number): Found {
    const first =
      typeof start === 'number' && start > 0 ? this.#sorted.at(Math.min(start, this.size - 1)) : null
    const from = typeof start === 'string' ? start : (first?.name ?? null)
    const fromKey = first?.key ?? (from === null ? '' : this.#keyOf(from))
    const before = this.#sorted.rankOf(fromKey)
    const people = this.#sorted.slice(before, limit)
    const last = before + people.length < this.size ? people.at(-1) : undefined
    return { from, to: last?.name ?? null, fromKey, toKey: last?.key ?? END, before, people }
  }

  /** How many are online between two keys, both inside. */
  countBetween(fromKey: string, toKey: string): number {
    return this.#sorted.rankOf(`${toKey}\0`) - this.#sorted.rankOf(fromKey)
  }
}
