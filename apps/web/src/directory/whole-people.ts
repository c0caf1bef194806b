import type { UsersRequest } from '@rollcall/client'
import type { ServerMessage, UserPresence } from '@rollcall/protocol'
import { foldName } from '@rollcall/protocol'

import type { Live } from '../platform/live.ts'
import type { Pages } from './pages.ts'
import type { People } from './people.ts'
import { groupedView, keyOf } from './rows.ts'
import type { ListView } from './rows.ts'

/** Everybody, of a directory that is small enough: every change is told, and searching needs nobody’s help. */
export class WholePeople implements People {
  readonly #live: Live
  readonly #pages: Pages
  readonly #me: string
  #known = new Set<string>()
  #query = ''
  #loading = new AbortController()
  isLoaded = false

  constructor({ live, pages, me }: { live: Live; pages: Pages; me: string }) {
    this.#live = live
    this.#pages = pages
    this.#me = me
  }

  start(): void {
    this.#live.watch({ all: true })
  }

  stop(): void {
    this.#loading.abort()
  }

  find(query: string): void {
    this.#query = foldName(query)
  }

  view(): ListView {
    const users: UserPresence[] = []
    for (const id of this.#known) {
      const user = this.#live.screen.user(id)
      if (user !== undefined && this.#isFound(user)) users.push(user)
    }
    return groupedView(users, this.#me)
  }

  changed(ids: ReadonlySet<string>): void {
    for (const id of ids) {
      if (this.#live.screen.user(id) === undefined) this.#known.delete(id)
      else this.#known.add(id)
    }
  }

  /** Each snapshot says who is online; the pages that follow it, who else there is. */
  heard(message: ServerMessage): void {
    if (message.type === 'snapshot' && message.scope === 'all' && message.complete) void this.#load()
  }

  show(): void {}

  #isFound(user: UserPresence): boolean {
    return this.#query === '' || keyOf(user.username).includes(this.#query)
  }

  async #load(): Promise<void> {
    this.#loading.abort()
    this.#loading = new AbortController()
    const { signal } = this.#loading
    const before = new Set(this.#known)
    const named = new Set<string>()
    const page = { limit: 200, signal }
    let request: UsersRequest & { signal: AbortSignal } = page
    for (let more = true; more;) {
      more = false
      await this.#pages.load(request, (users, cursor) => {
        for (const { id } of users) {
          named.add(id)
          this.#known.add(id)
        }
        if (cursor === null) return this.#loaded(before, named)
        request = { ...page, cursor }
        more = true
      })
    }
  }

  /** Whoever was known before and stands in no page was deleted while nobody told us. */
  #loaded(before: ReadonlySet<string>, named: ReadonlySet<string>): void {
    for (const id of before) if (!named.has(id)) this.#known.delete(id)
    this.isLoaded = true
  }
}
