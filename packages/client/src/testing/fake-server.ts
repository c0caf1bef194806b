import { nameKey } from '@rollcall/protocol'
import type {
  Counts,
  Scope,
  ServerMessage,
  SnapshotMessage,
  UserPresence,
  UsersAnswer,
  Watch,
  Window,
} from '@rollcall/protocol'

import { welcome } from './fake-socket.ts'

interface Part {
  readonly scope: Scope
  readonly ref: SnapshotMessage['ref']
  part: number
  window: Window | undefined
  /** Whoever comes after this one, in the order of the scope, is still to be named. */
  after: string
}

/**
 * One connection of a conforming server, as slow and as interrupted as the contract allows: parts of a snapshot are taken when they
 * are sent, changes come between them, and changes may be skipped when a fresh snapshot follows.
 */
export class FakeServer {
  readonly users = new Map<string, UserPresence>()
  outbox: ServerMessage[] = []
  #watch: Watch | undefined
  #window: Window | undefined
  #parts: Part[] = []
  #isMissing = false
  #clock = 0
  /** Changes were skipped, and the snapshots that make up for them are not all sent. */
  isBehind = false

  add(id: string, username: string): void {
    this.users.set(id, { id, username, status: 'offline', lastSeenAt: null })
    if (this.#isAll()) this.#direct('added', id, username)
  }

  remove(id: string): void {
    const user = this.users.get(id)
    if (user === undefined) return
    const watched = this.watches(user)
    this.users.delete(id)
    if (watched) this.#direct('removed', id, user.username)
  }

  come(id: string): void {
    this.#change(id, 'online')
  }

  go(id: string): void {
    this.#change(id, 'offline')
  }

  connect(): void {
    this.outbox = [{ ...welcome, counts: this.counts() }]
    this.#watch = undefined
    this.#window = undefined
    this.#parts = []
    this.#isMissing = false
    this.isBehind = false
  }

  take(watch: Watch): void {
    this.#watch = watch
    this.#window = undefined
    this.#isMissing = false
    this.#parts = []
    this.#begin(watch.ref)
  }

  /** From here on changes go missing, until `catchUp`. */
  fallBehind(): void {
    if (this.#watch === undefined || this.#parts.length > 0) return
    this.#isMissing = true
    this.isBehind = true
  }

  catchUp(): void {
    if (!this.#isMissing) return
    this.#isMissing = false
    this.#begin(undefined)
  }

  /** Sends one part of what is still to be sent. */
  sendPart(rows: number): boolean {
    const part = this.#parts[0]
    if (part === undefined) return false
    if (part.scope === 'online' && part.part === 0) {
      part.window = this.#measure()
      this.#window = part.window
    }
    const left = this.#scope(part).filter((user) => placeOf(part, user) > part.after)
    const users = left.slice(0, rows)
    const last = users.at(-1)
    if (last !== undefined) part.after = placeOf(part, last)
    const complete = users.length === left.length
    this.outbox.push({
      type: 'snapshot',
      scope: part.scope,
      ...(part.ref === undefined ? {} : { ref: part.ref }),
      part: part.part++,
      users,
      complete,
      ...(part.window === undefined ? {} : { window: part.window }),
    })
    if (complete) this.#parts.shift()
    if (this.#parts.length === 0) this.isBehind = false
    return true
  }

  page(ids: readonly string[]): Pick<UsersAnswer, 'users' | 'counts'> {
    return { users: ids.flatMap((id) => this.users.get(id) ?? []), counts: this.counts() }
  }

  counts(): Counts {
    return { online: this.online().length, total: this.users.size }
  }

  online(): UserPresence[] {
    return [...this.users.values()]
      .filter(({ status }) => status === 'online')
      .toSorted((a, b) => (nameKey(a.username) < nameKey(b.username) ? -1 : 1))
  }

  stretch(): UserPresence[] {
    const window = this.#window
    return window === undefined ? [] : this.online().filter((user) => isWithin(window, user))
  }

  watches(user: UserPresence): boolean {
    if (this.#watch === undefined) return false
    if ('all' in this.#watch || this.#watch.users.includes(user.id)) return true
    return this.#window !== undefined && user.status === 'online' && isWithin(this.#window, user)
  }

  #isAll(): boolean {
    return this.#watch !== undefined && 'all' in this.#watch
  }

  #change(id: string, status: UserPresence['status']): void {
    const before = this.users.get(id)
    if (before === undefined || before.status === status) return
    const at = new Date(++this.#clock * 1_000).toISOString()
    const after = { ...before, status, lastSeenAt: status === 'online' ? null : at }
    this.users.set(id, after)
    if (!this.watches(before) && !this.watches(after)) return
    if (this.#isMissing) return
    this.outbox.push({
      type: 'presence',
      changes: [{ id, username: after.username, status, at }],
      counts: this.counts(),
    })
    this.#widen()
  }

  #widen(): void {
    if (this.#watch === undefined || !('online' in this.#watch) || this.#watch.online === undefined) return
    if (this.#parts.length === 0 && this.stretch().length > 2 * this.#watch.online.limit)
      this.#parts.push(partOf('online'))
  }

  #direct(op: 'added' | 'removed', id: string, username: string): void {
    if (this.#isMissing && op === 'added') return
    this.outbox.push({ type: 'directory', changes: [{ op, id, username }], counts: this.counts() })
  }

  #begin(ref: Watch['ref']): void {
    if (this.#watch === undefined) return
    if ('all' in this.#watch) this.#parts.push(partOf('all', ref))
    else {
      this.#parts.push(partOf('users', ref))
      if (this.#watch.online !== undefined) this.#parts.push(partOf('online', ref))
    }
  }

  #scope({ scope, window }: Part): UserPresence[] {
    if (scope === 'all') return this.online()
    if (scope === 'online')
      return this.online().filter((user) => window !== undefined && isWithin(window, user))
    const watch = this.#watch
    return watch !== undefined && 'users' in watch
      ? watch.users.toSorted().flatMap((id) => this.users.get(id) ?? [])
      : []
  }

  #measure(): Window | undefined {
    if (this.#watch === undefined || !('online' in this.#watch) || this.#watch.online === undefined)
      return undefined
    const { from, limit } = this.#watch.online
    const online = this.online()
    const first =
      typeof from === 'string'
        ? online.filter((user) => nameKey(user.username) < nameKey(from)).length
        : Math.min(from ?? 0, Math.max(0, online.length - 1))
    const beginning = typeof from === 'string' ? from : first === 0 ? null : (online[first]?.username ?? null)
    return { from: beginning, to: online[first + limit - 1]?.username ?? null, before: first }
  }
}

function partOf(scope: Scope, ref?: SnapshotMessage['ref']): Part {
  return { scope, ref, part: 0, window: undefined, after: '' }
}

function placeOf({ scope }: Part, { id, username }: UserPresence): string {
  return scope === 'users' ? id : nameKey(username)
}

function isWithin({ from, to }: Window, { username }: UserPresence): boolean {
  const key = nameKey(username)
  return (from === null || key >= nameKey(from)) && (to === null || key <= nameKey(to))
}
