import type {
  Counts,
  DirectoryMessage,
  Freshness,
  PresenceMessage,
  ServerMessage,
  SnapshotMessage,
  UserPresence,
  UsersAnswer,
  Watch,
  Window,
} from '@rollcall/protocol'

import { Coverage } from './coverage.ts'
import type { Arriving } from './coverage.ts'
import { Rows } from './rows.ts'
import { StretchRows } from './stretch.ts'

interface Page {
  readonly users: readonly UserPresence[]
  readonly askedAt: number
}

const MOST_EARLY_PAGES = 20
const NOBODY: readonly UserPresence[] = []

/**
 * What to show: snapshots, changes and pages of the directory brought together. Pure: times are arguments, ms since 1970. A user, and the
 * list of those online, stay the same objects until they change; `version` rises with every change that may show.
 */
export class Screen {
  readonly #rows = new Rows()
  readonly #coverage = new Coverage()
  #stretch: StretchRows | undefined
  #counts: Counts | undefined
  #freshness: Freshness | undefined
  #connected = false
  #heardAt: number | undefined
  /** Since when rows may be behind, until all that is watched was told again. */
  #behindSince: number | undefined
  #earlyPages: Page[] = []
  #version = 0
  #turned: Set<string> = new Set()

  get version(): number {
    return this.#version
  }

  /** Whom the last `presence` has told to come or go; an entry that repeats what is known turns nobody, and neither does a snapshot. */
  get turned(): ReadonlySet<string> {
    return this.#turned
  }

  /** Of the whole directory; undefined until something said so. */
  get counts(): Counts | undefined {
    return this.#counts
  }

  /** Of the process we are connected to, or last were. */
  get freshness(): Freshness | undefined {
    return this.#freshness
  }

  /** Everything that is watched was told on this connection, and is kept up to date. */
  get isSettled(): boolean {
    return this.#connected && this.#coverage.isSettled
  }

  /** The moment that what is shown was last known to be right ("as of 12:04"); null while it is right now. */
  get asOf(): number | null {
    const times: number[] = []
    if (!this.#connected && this.#heardAt !== undefined) times.push(this.#heardAt)
    if (this.#behindSince !== undefined) times.push(this.#behindSince)
    if (this.#freshness?.state === 'stale') times.push(Date.parse(this.#freshness.since))
    return times.length === 0 ? null : Math.min(...times)
  }

  user(id: string): UserPresence | undefined {
    return this.#rows.get(id)
  }

  /** Whether the websocket keeps this user's row up to date. */
  isKept(id: string): boolean {
    const user = this.#rows.get(id)
    return user !== undefined && this.#connected && this.#coverage.keeps(user, this.#stretch)
  }

  /** The online users of the watched stretch, in name order. */
  get online(): readonly UserPresence[] {
    return this.#stretch?.users ?? NOBODY
  }

  /** Where that stretch begins and ends, and how many are online before it. */
  get window(): Window | undefined {
    return this.#stretch?.window
  }

  /** Everybody known to be online, in no order. */
  everyoneOnline(): IterableIterator<UserPresence> {
    return this.#rows.online()
  }

  /** This watch was sent, with a `ref` of its own. */
  watched(watch: Watch): void {
    this.#coverage.sent(watch)
    this.#version++
  }

  /** The connection broke. */
  lost(): void {
    if (!this.#connected) return
    this.#connected = false
    this.#behindSince ??= this.#heardAt
    this.#coverage.clear()
    this.#earlyPages = []
    this.#version++
  }

  /** @returns the ids of the users whose rows changed */
  apply(message: ServerMessage, now: number): ReadonlySet<string> {
    this.#heardAt = now
    if (this.#turned.size > 0) this.#turned = new Set()
    switch (message.type) {
      case 'welcome':
        this.lost()
        this.#connected = true
        this.#count(message.counts)
        this.#freshen(message.freshness)
        break
      case 'snapshot':
        this.#snapshot(message, now)
        break
      case 'presence':
        this.#presence(message, now)
        break
      case 'directory':
        this.#directory(message, now)
        break
      case 'counts':
        this.#count({ online: message.online, total: message.total })
        break
      case 'freshness':
        this.#freshen({ state: message.state, since: message.since })
        break
      case 'heartbeat':
      case 'error':
        break
    }
    return this.#changes()
  }

  /**
   * A page of the directory. For whoever the websocket speaks, it is newer than the page.
   * @param askedAt when the page was asked for
   * @returns the ids of the users whose rows changed
   */
  page(answer: Pick<UsersAnswer, 'users' | 'counts'>, askedAt: number): ReadonlySet<string> {
    const page: Page = { users: answer.users, askedAt }
    // The watch in force may have been replaced already, and not speak for all of these any more.
    if (!this.#coverage.isSettled) this.#earlyPages = [...this.#earlyPages, page].slice(-MOST_EARLY_PAGES)
    this.#apply(page)
    if (!this.#connected) this.#count(answer.counts)
    if (!this.#coverage.tellsAll)
      this.#rows.prune((user) => this.#coverage.speaksFor(user, this.#stretch) || inPage(page, user))
    return this.#changes()
  }

  #apply(page: Page): void {
    for (const user of page.users) {
      if (this.#rows.isRemoved(user.id)) continue
      const row = this.#rows.get(user.id)
      if (this.#connected && this.#coverage.speaksFor(row ?? user, this.#stretch)) {
        this.#put(underTold(user, row), page.askedAt)
      } else if (row === undefined || (this.#rows.at(user.id) ?? 0) <= page.askedAt) {
        this.#put(user, page.askedAt)
      }
    }
  }

  #snapshot(message: SnapshotMessage, now: number): void {
    if (!this.#coverage.accepts(message)) return
    if (!this.#coverage.hasStretch) this.#stretch = undefined
    const arriving = this.#coverage.part(message)
    if (arriving === undefined) return
    for (const user of message.users) {
      this.#coverage.named(arriving, user.id)
      this.#put(user, now)
    }
    this.#version++
    if (message.complete) this.#complete(arriving, now)
  }

  #complete(arriving: Arriving, now: number): void {
    const { scope, named, window } = arriving
    if (scope === 'users') {
      for (const id of this.#coverage.watchedIds) if (!named.has(id)) this.#offline(id, now)
    } else {
      const stretch = scope === 'online' && window !== undefined ? new StretchRows(window) : undefined
      if (scope === 'online') this.#stretch = stretch
      for (const user of this.#rows.online()) {
        const inScope = scope === 'all' || stretch?.covers(user.username) === true
        if (!inScope) continue
        if (named.has(user.id)) stretch?.put(user)
        else this.#offline(user.id, now)
      }
    }
    this.#coverage.completed(scope)
    if (!this.#coverage.isSettled) return
    this.#behindSince = undefined
    const pages = this.#earlyPages
    this.#earlyPages = []
    for (const page of pages) this.#apply(page)
  }

  #presence(message: PresenceMessage, now: number): void {
    for (const { id, username, status, at } of message.changes) {
      this.#coverage.changed(id)
      if (status !== (this.#rows.get(id)?.status ?? 'offline')) this.#turned.add(id)
      this.#put({ id, username, status, lastSeenAt: status === 'online' ? null : at }, now)
    }
    this.#count(message.counts)
  }

  #directory(message: DirectoryMessage, now: number): void {
    for (const { op, id, username } of message.changes) {
      if (op === 'removed') this.#remove(id)
      else if (this.#rows.get(id) === undefined)
        this.#put({ id, username, status: 'offline', lastSeenAt: null }, now)
    }
    this.#count(message.counts)
  }

  #put(user: UserPresence, at: number): void {
    const before = this.#rows.get(user.id)
    const kept = this.#rows.put(user, at)
    if (kept !== before && this.#stretch?.covers(kept.username) === true) this.#stretch.put(kept)
  }

  /** Whoever was not named is offline, since nobody knows when. */
  #offline(id: string, now: number): void {
    const user = this.#rows.get(id)
    if (user?.status === 'online') this.#put({ ...user, status: 'offline', lastSeenAt: null }, now)
  }

  #remove(id: string): void {
    const user = this.#rows.get(id)
    if (user !== undefined) this.#stretch?.put({ ...user, status: 'offline' })
    this.#rows.remove(id)
  }

  #count(counts: Counts): void {
    if (counts.online === this.#counts?.online && counts.total === this.#counts.total) return
    this.#counts = { online: counts.online, total: counts.total }
    this.#version++
  }

  #freshen(freshness: Freshness): void {
    this.#freshness = freshness
    this.#version++
  }

  #changes(): ReadonlySet<string> {
    const changed = this.#rows.takeChanged()
    if (changed.size > 0) this.#version++
    return changed
  }
}

function inPage(page: Page, user: UserPresence): boolean {
  return page.users.some(({ id }) => id === user.id)
}

/** What a page may add to what was told: when somebody who is offline was last seen. */
function underTold(page: UserPresence, told: UserPresence | undefined): UserPresence {
  const status = told?.status ?? 'offline'
  if (status === 'online') return { ...page, status, lastSeenAt: null }
  const newer = Date.parse(page.lastSeenAt ?? '') > Date.parse(told?.lastSeenAt ?? '1970-01-01T00:00:00Z')
  return { ...page, status, lastSeenAt: newer ? page.lastSeenAt : (told?.lastSeenAt ?? null) }
}
