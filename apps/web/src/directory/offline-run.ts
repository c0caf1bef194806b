import type { UserPresence } from '@rollcall/protocol'

import { byName } from './rows.ts'

/** The most people that one run keeps; they are all watched, and 500 may be. */
const MOST = 400

/**
 * A run of neighbours among those who are offline, in name order, with about how many are before it. It grows at both ends as one
 * scrolls, lets go of the far end, and stays right as people come and go within it.
 */
export class OfflineRun {
  #start: number
  #people: UserPresence[] = []
  #next: string | null | undefined

  /** @param start the rank it begins at */
  constructor(start: number) {
    this.#start = start
  }

  get start(): number {
    return this.#start
  }

  get people(): readonly UserPresence[] {
    return this.#people
  }

  /** Where to go on below: a cursor, `null` at the end of the directory, undefined when that end was let go of. */
  get next(): string | null | undefined {
    return this.#next
  }

  below(users: readonly UserPresence[], next: string | null): void {
    this.#people = merged(this.#people, users)
    this.#next = next
    const surplus = this.#people.length - MOST
    if (surplus > 0) {
      this.#people = this.#people.slice(surplus)
      this.#start += surplus
    }
  }

  /** A page from `start` on that should reach into this run; where it does not, people between are unknown, and it begins anew. */
  above(users: readonly UserPresence[], start: number, next: string | null): void {
    const [last, first] = [users.at(-1), this.#people[0]]
    this.#start = start
    if (last !== undefined && first !== undefined && byName(last, first) < 0) {
      this.#people = []
      return this.below(users, next)
    }
    this.#people = merged(this.#people, users)
    if (this.#people.length > MOST) {
      this.#people = this.#people.slice(0, MOST)
      this.#next = undefined
    }
  }

  has(id: string): boolean {
    return this.#people.some((one) => one.id === id)
  }

  /** A row as it is now; undefined when that account is no more. */
  update(id: string, user: UserPresence | undefined): void {
    const index = this.#people.findIndex((one) => one.id === id)
    if (index < 0) return
    if (user?.status === 'offline') this.#people = this.#people.with(index, user)
    else this.#people = this.#people.toSpliced(index, 1)
  }

  /** Somebody went offline just now. */
  left(user: UserPresence): void {
    const [first, last] = [this.#people[0], this.#people.at(-1)]
    if (first === undefined || last === undefined) {
      if (this.#next === null) this.#people = [user]
    } else if (byName(user, first) < 0 && this.#start > 0) {
      this.#start += 1
    } else if (byName(user, last) < 0 || this.#next === null) {
      this.#people = merged(this.#people, [user])
    }
  }

  /** Somebody came online just now. */
  came(user: UserPresence): void {
    const first = this.#people[0]
    const before = first !== undefined && byName(user, first) < 0
    this.update(user.id, user)
    if (before && this.#start > 0) this.#start -= 1
  }
}

function merged(people: readonly UserPresence[], more: readonly UserPresence[]): UserPresence[] {
  const all = new Map(people.map((user) => [user.id, user]))
  for (const user of more) if (user.status === 'offline') all.set(user.id, user)
  return [...all.values()].toSorted(byName)
}
