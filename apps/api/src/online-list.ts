import { type Listed, type Person, SortedPeople, type UserId } from '@rollcall/presence'
import { nameKey } from '@rollcall/protocol'

interface Truth {
  isOnline(id: UserId): boolean
  nameOf(id: UserId): string | undefined
  lastOffline(id: UserId): number | undefined
}

/** Who is online, in name order: presence knows who, this knows where in the list. */
export class OnlineList {
  readonly #truth: Truth
  readonly #people = new Map<UserId, Listed>()
  readonly #sorted = new SortedPeople()

  constructor(truth: Truth) {
    this.#truth = truth
  }

  get size(): number {
    return this.#sorted.size
  }

  /** These may have come or gone. */
  changed(ids: Iterable<UserId>): void {
    for (const id of ids) {
      const name = this.#truth.isOnline(id) ? this.#truth.nameOf(id) : undefined
      const listed = this.#people.get(id)
      if (listed?.name === name) continue
      if (listed !== undefined) this.#remove(listed)
      if (name !== undefined) this.#add({ id, name })
    }
  }

  isOnline(id: UserId): boolean {
    return this.#truth.isOnline(id)
  }

  lastOffline(id: UserId): number | undefined {
    return this.#truth.lastOffline(id)
  }

  rankOf(key: string): number {
    return this.#sorted.rankOf(key)
  }

  slice(rank: number, count: number): Listed[] {
    return this.#sorted.slice(rank, count)
  }

  #add({ id, name }: Person): void {
    const listed = { id, name, key: nameKey(name) }
    this.#people.set(id, listed)
    this.#sorted.add(listed)
  }

  #remove(listed: Listed): void {
    this.#people.delete(listed.id)
    this.#sorted.delete(listed)
  }
}
