import { Screen } from '@rollcall/client'
import type { RollcallHttp, UsersRequest, Watching } from '@rollcall/client'
import { foldName } from '@rollcall/protocol'
import type {
  Counts,
  ServerMessage,
  SnapshotMessage,
  UserPresence,
  UsersAnswer,
  Window,
} from '@rollcall/protocol'
import { createStore } from 'zustand/vanilla'

import type { Live, LiveState } from '../../platform/live.ts'
import { byName } from '../rows.ts'

const AT = '2026-11-22T12:04:00Z'

/** A server that is a map of users, and the live end of it: answers as the contract has it, in the next turn. */
export class SmallWorld {
  readonly #users = new Map<string, UserPresence>()
  readonly #changed = new Set<(ids: ReadonlySet<string>) => void>()
  readonly #messages = new Set<(message: ServerMessage) => void>()
  #watching: Watching | undefined
  #window: Window | undefined
  #connected = false
  #ref = 0
  #pending = 0
  readonly screen = new Screen()
  watches = 0
  /** Called before a page is read. */
  onPage: (request: UsersRequest) => void = () => {}

  readonly http: Pick<RollcallHttp, 'users'> = {
    users: async (request?: UsersRequest) => {
      this.onPage(request ?? {})
      // Read now, and on its way for a while: the websocket may be ahead of it.
      const page = this.#page(request ?? {})
      await this.#turn()
      return page
    },
  }

  readonly live: Live = {
    screen: this.screen,
    store: createStore<LiveState>(() => ({ link: 'live', asOf: null, counts: undefined, version: 0 })),
    watch: (watching) => {
      this.#watching = watching
      this.watches++
      if (this.#connected) void this.#answer(watching)
    },
    changed: (ids) => {
      for (const listener of this.#changed) listener(ids)
    },
    onChanged: (listener) => {
      this.#changed.add(listener)
      return () => this.#changed.delete(listener)
    },
    onMessage: (listener) => {
      this.#messages.add(listener)
      return () => this.#messages.delete(listener)
    },
    start: () => () => {},
  }

  get counts(): Counts {
    const all = [...this.#users.values()]
    return { online: all.filter(({ status }) => status === 'online').length, total: all.length }
  }

  /** Everybody of a status, in name order. */
  all(status?: UserPresence['status']): UserPresence[] {
    return [...this.#users.values()]
      .filter((user) => status === undefined || user.status === status)
      .toSorted(byName)
  }

  connect(me: string): void {
    this.#connected = true
    this.#hear({
      type: 'welcome',
      protocol: 1,
      connectionId: 'c1',
      user: { id: me, username: this.#users.get(me)?.username ?? me },
      heartbeatSeconds: 10,
      counts: this.counts,
      freshness: { state: 'live', since: AT },
    })
    if (this.#watching !== undefined) void this.#answer(this.#watching)
  }

  disconnect(): void {
    this.#connected = false
    this.screen.lost()
    this.live.changed(new Set())
  }

  add(id: string, username: string, status: UserPresence['status']): void {
    const user: UserPresence = { id, username, status, lastSeenAt: status === 'online' ? null : AT }
    this.#users.set(id, user)
    const change = { op: 'added', id, username } as const
    if (this.#watching !== undefined && 'all' in this.#watching) {
      this.#hear({ type: 'directory', changes: [change], counts: this.counts })
    } else {
      this.#hear({ type: 'counts', ...this.counts })
    }
    if (status === 'online') this.#tell(user)
  }

  turn(id: string, status: UserPresence['status']): void {
    const before = this.#users.get(id)
    if (before === undefined || before.status === status) return
    const user: UserPresence = { ...before, status, lastSeenAt: status === 'online' ? null : AT }
    this.#users.set(id, user)
    this.#tell(user)
  }

  /** Tells of somebody as he is, although it was told before: a server may. */
  repeat(id: string): void {
    const user = this.#users.get(id)
    if (user !== undefined) this.#tell(user)
  }

  remove(id: string): void {
    const user = this.#users.get(id)
    if (user === undefined) return
    const told = this.#isWatched(user)
    if (user.status === 'online') this.turn(id, 'offline')
    this.#users.delete(id)
    const changes = [{ op: 'removed', id, username: user.username } as const]
    if (told) this.#hear({ type: 'directory', changes, counts: this.counts })
    else this.#hear({ type: 'counts', ...this.counts })
  }

  /** Until nothing is under way any more. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise((resolve) => setTimeout(resolve))
      if (this.#pending > 0) quiet = 0
    }
  }

  async #turn(): Promise<void> {
    this.#pending++
    await new Promise((resolve) => setTimeout(resolve))
    this.#pending--
  }

  #page({ q, status, limit = 50, cursor, at }: UsersRequest): UsersAnswer {
    const found = this.all(status).filter(({ username }) => foldName(username).includes(foldName(q ?? '')))
    const start = cursor === undefined ? (at ?? 0) : found.findIndex(({ id }) => id === cursor)
    const next = found[start + limit]
    return { users: found.slice(start, start + limit), nextCursor: next?.id ?? null, counts: this.counts }
  }

  async #answer(watching: Watching): Promise<void> {
    const ref = ++this.#ref
    this.screen.watched(
      'all' in watching
        ? { type: 'watch', ref, all: true }
        : {
            type: 'watch',
            ref,
            users: [...watching.users],
            ...(watching.online === undefined ? {} : { online: watching.online }),
          },
    )
    await this.#turn()
    if (watching !== this.#watching || !this.#connected) return
    const snapshot = (scope: SnapshotMessage['scope'], users: UserPresence[], window?: Window) =>
      this.#hear({
        type: 'snapshot',
        scope,
        ref,
        part: 0,
        users,
        complete: true,
        ...(window === undefined ? {} : { window }),
      })
    if ('all' in watching) return snapshot('all', this.all('online'))
    snapshot(
      'users',
      watching.users.flatMap((id) => this.#users.get(id) ?? []),
    )
    this.#window = undefined
    if (watching.online === undefined) return
    const online = this.all('online')
    const { from, limit } = watching.online
    const before = typeof from === 'number' ? Math.min(from, online.length) : 0
    const users = online.slice(before, before + limit)
    const ends = before + limit >= online.length
    this.#window = {
      from: before === 0 ? null : (users[0]?.username ?? null),
      to: ends ? null : (users.at(-1)?.username ?? null),
      before,
    }
    snapshot('online', users, this.#window)
  }

  #tell(user: UserPresence): void {
    if (!this.#isWatched(user)) return this.#hear({ type: 'counts', ...this.counts })
    const { id, username, status } = user
    this.#hear({ type: 'presence', changes: [{ id, username, status, at: AT }], counts: this.counts })
  }

  #isWatched(user: UserPresence): boolean {
    const watching = this.#watching
    if (watching === undefined) return false
    if ('all' in watching || watching.users.includes(user.id)) return true
    const name = (username: string): UserPresence => ({ ...user, id: '', username })
    const window = watching.online === undefined ? undefined : this.#window
    return (
      window !== undefined &&
      (window.from === null || byName(user, name(window.from)) >= 0) &&
      (window.to === null || byName(name(user.username), name(window.to)) <= 0)
    )
  }

  #hear(message: ServerMessage): void {
    if (!this.#connected) return
    const changed = this.screen.apply(message, Date.now())
    this.live.changed(changed)
    for (const listener of this.#messages) listener(message)
  }
}
