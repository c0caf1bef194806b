import { Crowd } from './crowd.ts'
import type { UserId } from './ports.ts'
import { Stretches } from './stretches.ts'
import type { Stretch } from './stretches.ts'

interface Watched<W> {
  readonly id: UserId
  readonly watchers: Crowd<W>
}

/** What one connection watches. */
export interface Watching<W> {
  readonly all: boolean
  readonly users: readonly Watched<W>[]
  stretch: Stretch<W> | null
}

/** A connection carries what it watches, so that no table has an entry for each. */
export interface Watcher<W> {
  watching: Watching<W> | null
}

/** Who looks at whom: from a changed user to the connections that watch him (P10). */
export class Watches<W extends Watcher<W>> {
  readonly #all = new Set<W>()
  readonly #users = new Map<UserId, Watched<W>>()
  readonly #stretches = new Stretches<W>()

  /** Who watches everybody. */
  get all(): ReadonlySet<W> {
    return this.#all
  }

  watchAll(watcher: W): void {
    this.unwatch(watcher)
    this.#all.add(watcher)
    watcher.watching = { all: true, users: [], stretch: null }
  }

  watchUsers(watcher: W, ids: Iterable<UserId>): void {
    this.unwatch(watcher)
    const users: Watched<W>[] = []
    for (const id of new Set(ids)) {
      let user = this.#users.get(id)
      if (user === undefined) {
        user = { id, watchers: new Crowd() }
        this.#users.set(id, user)
      }
      user.watchers.add(watcher)
      users.push(user)
    }
    watcher.watching = { all: false, users, stretch: null }
  }

  /** Beside the users that are watched; instead of the stretch before. */
  watchStretch(watcher: W, fromKey: string, toKey: string, limit: number): void {
    if (watcher.watching === null) this.watchUsers(watcher, [])
    const { watching } = watcher
    if (watching === null) return
    this.#leaveStretch(watcher, watching)
    watching.stretch = this.#stretches.open(fromKey, toKey, limit)
    watching.stretch.watchers.add(watcher)
  }

  /** He watches nothing more. */
  unwatch(watcher: W): void {
    const { watching } = watcher
    if (watching === null) return
    watcher.watching = null
    this.#all.delete(watcher)
    for (const user of watching.users) {
      user.watchers.delete(watcher)
      if (user.watchers.size === 0 && this.#users.get(user.id) === user) this.#users.delete(user.id)
    }
    this.#leaveStretch(watcher, watching)
  }

  /** Those who watch this user by id. */
  ofUser(id: UserId): Iterable<W> {
    return this.#users.get(id)?.watchers ?? []
  }

  /** The ids that a connection watches, but for deleted accounts. */
  *usersOf(watcher: W): Generator<UserId> {
    for (const user of watcher.watching?.users ?? []) if (this.#users.get(user.id) === user) yield user.id
  }

  /** The stretches that somebody with this key is in. */
  stretchesAt(key: string): Iterable<Stretch<W>> {
    return this.#stretches.at(key)
  }

  /** Whether a connection hears of this user. */
  sees(watcher: W, id: UserId, key: string): boolean {
    const { watching } = watcher
    if (watching === null) return false
    if (watching.all || this.#users.get(id)?.watchers.has(watcher) === true) return true
    return watching.stretch !== null && watching.stretch.fromKey <= key && watching.stretch.toKey >= key
  }

  /** The account is gone: its id is not named again. */
  forget(id: UserId): void {
    this.#users.delete(id)
  }

  #leaveStretch(watcher: W, watching: Watching<W>): void {
    const { stretch } = watching
    if (stretch === null) return
    watching.stretch = null
    stretch.watchers.delete(watcher)
    if (stretch.watchers.size === 0) this.#stretches.close(stretch)
  }
}
