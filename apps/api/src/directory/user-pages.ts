import type { UserId } from '@rollcall/presence'
import { foldName, nameKey } from '@rollcall/protocol'
import type { Counts, Status, UserPresence } from '@rollcall/protocol'

import type { Landing, Landmarks } from './landmarks.ts'
import { offlineStretch } from './offline-stretch.ts'
import type { OnlinePeople } from './online-people.ts'
import { onlineStretch } from './online-stretch.ts'
import type { StoredUser, UsersRepository } from './users-repository.ts'

/** Where a page begins: behind a folded name, or at about a rank. */
export type PageStart = { readonly after: string } | { readonly at: number }

export interface PageQuery {
  /** A part of the name, as typed; white space around it, which no name has, does not count. */
  readonly part: string
  readonly status: Status | undefined
  readonly limit: number
  readonly start: PageStart
}

export interface UserPage {
  readonly users: UserPresence[]
  /** The folded name behind which the list goes on, null where it ends. */
  readonly next: string | null
  readonly counts: Counts
}

interface UserPagesOptions {
  readonly users: Pick<UsersRepository, 'stretch' | 'find'>
  readonly landmarks: Pick<Landmarks, 'find'>
  readonly online: OnlinePeople
  readonly headCount: { read(): Promise<number> }
}

/** The list of users in pages: names from the database, status from this process's presence. */
export class UserPages {
  readonly #options: UserPagesOptions

  constructor(options: UserPagesOptions) {
    this.#options = options
  }

  /** @throws what the database answered. */
  async page({ part, status, limit, start }: PageQuery): Promise<UserPage> {
    const folded = foldName(part.trim())
    // PostgreSQL takes no NUL, and no name has one.
    if (folded.includes('\0')) return this.#nobody()
    const asked = { part: folded === '' ? null : folded, limit, start }
    switch (status) {
      case 'online':
        return this.#onlineOnes(asked)
      case 'offline':
        return this.#offlineOnes(asked)
      case undefined:
        return this.#everybody(asked)
    }
  }

  /** @throws what the database answered. */
  async find(id: UserId): Promise<UserPresence | undefined> {
    if (id.includes('\0')) return undefined
    const user = await this.#options.users.find(id)
    return user === undefined ? undefined : this.#present(user)
  }

  async #nobody(): Promise<UserPage> {
    const total = await this.#options.headCount.read()
    return { users: [], next: null, counts: this.#counts(total) }
  }

  async #everybody({ part, limit, start }: Asked): Promise<UserPage> {
    const landing = await this.#land(start, part, () => 0)
    const { users, total } = await this.#options.users.stretch({ part, ...landing, limit: limit + 1 })
    const shown = users.slice(0, limit)
    return {
      users: shown.map((user) => this.#present(user)),
      next: users.length > limit ? (shown.at(-1)?.key ?? null) : null,
      counts: this.#counts(total),
    }
  }

  async #offlineOnes({ part, limit, start }: Asked): Promise<UserPage> {
    const { online, users } = this.#options
    const landing = await this.#land(start, part, (key) => online.rankOf(`${nameKey(key)}\0`))
    const stretch = await offlineStretch(users, online, { part, limit, ...landing })
    return {
      users: stretch.users.map((user) => this.#present(user)).filter(({ status }) => status === 'offline'),
      next: stretch.next,
      counts: this.#counts(stretch.total),
    }
  }

  async #onlineOnes({ part, limit, start }: Asked): Promise<UserPage> {
    const [{ people, next }, total] = await Promise.all([
      onlineStretch(this.#options.online, {
        part: part === null ? null : nameKey(part),
        start: 'at' in start ? start : { behind: nameKey(start.after) },
        limit,
      }),
      this.#options.headCount.read(),
    ])
    const users = people.map(({ id, name }): UserPresence => {
      return { id, username: name, status: 'online', lastSeenAt: null }
    })
    return { users, next, counts: this.#counts(total) }
  }

  /** The number of accounts is asked for anew: what it was may be seconds old, and a seed adds many in that time. */
  async #land(start: PageStart, part: string | null, leftOut: (key: string) => number): Promise<Landing> {
    if ('after' in start) return { after: start.after, skip: 0 }
    if (part !== null || start.at === 0) return { after: '', skip: start.at }
    return this.#options.landmarks.find(start.at, await this.#options.headCount.read(), leftOut)
  }

  #present({ id, username, lastSeenAt }: StoredUser): UserPresence {
    const { online } = this.#options
    if (online.isOnline(id)) return { id, username, status: 'online', lastSeenAt: null }
    const at = Math.max(lastSeenAt ?? 0, online.lastOffline(id) ?? 0)
    return { id, username, status: 'offline', lastSeenAt: at === 0 ? null : new Date(at).toISOString() }
  }

  #counts(total: number): Counts {
    return { online: this.#options.online.size, total }
  }
}

interface Asked {
  /** Folded; null for everybody. */
  readonly part: string | null
  readonly limit: number
  readonly start: PageStart
}
