import { nameKey } from '@rollcall/protocol'
import type { UserPresence, Window } from '@rollcall/protocol'

interface Entry {
  readonly key: string
  readonly user: UserPresence
}

/** The online users between two names, in name order. */
export class StretchRows {
  readonly window: Window
  readonly #from: string | null
  readonly #to: string | null
  #entries: Entry[] = []
  #users: readonly UserPresence[] | undefined

  constructor(window: Window) {
    this.window = window
    this.#from = window.from === null ? null : nameKey(window.from)
    this.#to = window.to === null ? null : nameKey(window.to)
  }

  /** In name order; the same array until somebody comes, goes or changes. */
  get users(): readonly UserPresence[] {
    this.#users ??= this.#entries.map((entry) => entry.user)
    return this.#users
  }

  covers(username: string): boolean {
    const key = nameKey(username)
    return (this.#from === null || key >= this.#from) && (this.#to === null || key <= this.#to)
  }

  has(user: UserPresence): boolean {
    const key = nameKey(user.username)
    return this.#entries[this.#place(key, user.id)]?.user.id === user.id
  }

  /** Puts an online user in and takes any other out. */
  put(user: UserPresence): void {
    const key = nameKey(user.username)
    const at = this.#place(key, user.id)
    const there = this.#entries[at]?.user.id === user.id
    if (user.status === 'online') this.#entries.splice(at, there ? 1 : 0, { key, user })
    else if (there) this.#entries.splice(at, 1)
    else return
    this.#users = undefined
  }

  #place(key: string, id: string): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = this.#entries[middle]
      if (entry !== undefined && (entry.key < key || (entry.key === key && entry.user.id < id)))
        low = middle + 1
      else high = middle
    }
    return low
  }
}
