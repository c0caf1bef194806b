import type { Person, UserId } from '@rollcall/presence'

import { Gateway } from '../gateway.ts'
import type { GatewayOptions } from '../gateway.ts'
import type { PresenceView } from '../presence-view.ts'
import type { KnownUser } from '../socket.ts'
import { FakeConnection } from './fake-connection.ts'

/** Who is online, by hand, and what the gateway asked of it. */
export class FakePresence implements PresenceView {
  readonly accounts = new Map<UserId, { name: string; lastSeenAt: number | null }>()
  readonly #online = new Map<UserId, string>()
  readonly #changedAt = new Map<UserId, number>()
  readonly opened: string[] = []
  readonly closed: string[] = []
  readonly answeredIds: string[] = []
  readonly endedSessions: string[] = []
  freshness: PresenceView['freshness'] = { state: 'live', since: 0 }
  isDatabaseAway = false
  reads = 0
  gateway: Gateway
  #connections = 0

  constructor(options: Partial<GatewayOptions> = {}) {
    this.gateway = new Gateway({
      node: this,
      headCount: { total: 0 },
      lastSeen: { read: (ids) => this.#read(ids) },
      endedSessions: async () => [],
      heartbeatMs: 10_000,
      messagesPerSecond: 1e6,
      connectionsPerUser: 1e6,
      connectionsPerAddress: 1e6,
      log: { debug: () => {}, warn: () => {} },
      ...options,
    })
  }

  get onlineCount(): number {
    return this.#online.size
  }

  online = (): Person[] => Array.from(this.#online, ([id, name]) => ({ id, name }))
  isOnline = (id: UserId): boolean => this.#online.has(id)
  nameOf = (id: UserId): string | undefined => this.#online.get(id)
  changedAt = (id: UserId): number | undefined => this.#changedAt.get(id)
  lastOffline = (id: UserId): number | undefined => (this.isOnline(id) ? undefined : this.#changedAt.get(id))
  open = (connection: string): void => void this.opened.push(connection)
  close = (connection: string): void => void this.closed.push(connection)
  answered = (connection: string): void => void this.answeredIds.push(connection)
  endSession = (_user: UserId, session: string): void => void this.endedSessions.push(session)

  create(name: string): Person {
    const person = { id: `id-${name}`, name }
    this.accounts.set(person.id, { name, lastSeenAt: null })
    return person
  }

  /** @param from number of the first one: names are in the order of numbers */
  crowd(count: number, from = 0): Person[] {
    return Array.from({ length: count }, (_, n) => this.create(`User ${String(from + n).padStart(5, '0')}`))
  }

  come(...people: Person[]): void {
    for (const { id, name } of people) {
      this.#online.set(id, name)
      this.#changedAt.set(id, Date.now())
    }
    this.gateway.changed(people.map(({ id }) => id))
  }

  go(...people: Person[]): void {
    for (const { id } of people) {
      const account = this.accounts.get(id)
      if (this.#online.delete(id)) this.#changedAt.set(id, Date.now())
      if (account !== undefined) account.lastSeenAt = Date.now()
    }
    this.gateway.changed(people.map(({ id }) => id))
  }

  connect(session: string, bound = 64 * 1_024): FakeConnection {
    const connection = new FakeConnection(bound)
    const admission = this.gateway.admissions.begin('here')
    if (admission === null) throw new Error('refused')
    const person = { id: `id-of-${session}`, name: `of ${session} ${++this.#connections}` }
    this.gateway.admissions.claim(admission, person.id)
    this.gateway.add({ ...connection.ends, session, person, admission })
    return connection
  }

  async #read(ids: Iterable<UserId>): Promise<Map<UserId, KnownUser>> {
    this.reads++
    const asked = [...ids]
    const accounts = new Map(this.accounts)
    await new Promise((resolve) => setTimeout(resolve, 7))
    if (this.isDatabaseAway) throw new Error('the database is away')
    const found = new Map<UserId, KnownUser>()
    for (const id of asked) {
      const account = accounts.get(id)
      if (account !== undefined) found.set(id, { username: account.name, lastSeenAt: account.lastSeenAt })
    }
    return found
  }
}
