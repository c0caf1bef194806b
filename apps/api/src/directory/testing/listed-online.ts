import type { Person } from '@rollcall/presence'
import { nameKey } from '@rollcall/protocol'

import type { OnlinePeople } from '../online-people.ts'

/** People who come online and go by hand. */
export class ListedOnline implements OnlinePeople {
  readonly #people = new Map<string, Person & { key: string }>()
  readonly #wentAt = new Map<string, number>()
  #list: (Person & { key: string })[] | undefined

  get size(): number {
    return this.#people.size
  }

  come({ id, name }: Person): void {
    this.#people.set(id, { id, name, key: nameKey(name) })
    this.#list = undefined
  }

  go(id: string, at = 0): void {
    this.#people.delete(id)
    this.#list = undefined
    this.#wentAt.set(id, at)
  }

  isOnline(id: string): boolean {
    return this.#people.has(id)
  }

  lastOffline(id: string): number | undefined {
    return this.#wentAt.get(id)
  }

  rankOf(key: string): number {
    return this.#sorted().filter((person) => person.key < key).length
  }

  slice(rank: number, count: number): readonly (Person & { key: string })[] {
    return this.#sorted().slice(rank, rank + count)
  }

  #sorted(): (Person & { key: string })[] {
    this.#list ??= [...this.#people.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
    return this.#list
  }
}
