import type { Person } from '@rollcall/presence'
import { nameKey } from '@rollcall/protocol'
import type { ServerMessage, UserPresence, Window } from '@rollcall/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { FakeClock } from './testing/fake-clock.ts'
import type { FakeConnection } from './testing/fake-connection.ts'
import { FakePresence } from './testing/fake-presence.ts'

let clock: FakeClock

beforeEach(() => {
  clock = new FakeClock()
})
afterEach(() => clock.stop())

const NAMES = Array.from(
  { length: 40 },
  (_, n) => `${n % 3 === 0 ? 'User' : 'user'} ${String(n).padStart(2, '0')}`,
)
const idOf = (name: string) => `id-${name}`

type Watch = { all: true } | { users: string[]; online?: { from: string | number | null; limit: number } }

/** What a client shows, kept as the contract says, and what it must never be told. */
class Screen {
  readonly connection: FakeConnection
  readonly rows = new Map<string, UserPresence>()
  readonly gone = new Set<string>()
  watch: Watch = { users: [] }
  ref = 0
  window: Window | undefined
  #named = new Map<string, Set<string>>()
  #answered = new Set<string>()

  constructor(connection: FakeConnection) {
    this.connection = connection
  }

  ask(watch: Watch): void {
    this.watch = watch
    this.#answered.clear()
    this.connection.send({ type: 'watch', ref: ++this.ref, ...watch })
  }

  get isAnswered(): boolean {
    if (this.ref === 0) return true
    if ('all' in this.watch) return this.#answered.has('all')
    return this.#answered.has('users') && (this.watch.online === undefined || this.#answered.has('online'))
  }

  read(): void {
    for (const message of this.connection.read()) this.#apply(message)
  }

  #apply(message: ServerMessage): void {
    if (message.type === 'presence') {
      for (const { id, username, status, at } of message.changes) {
        expect(this.gone).not.toContain(id)
        for (const named of this.#named.values()) named.add(id)
        this.rows.set(id, { id, username, status, lastSeenAt: status === 'online' ? null : at })
      }
    } else if (message.type === 'directory') {
      for (const { op, id } of message.changes) {
        if (op !== 'removed') continue
        this.gone.add(id)
        this.rows.delete(id)
      }
    } else if (message.type === 'snapshot') {
      this.#snapshot(message)
    }
  }

  #snapshot(message: Extract<ServerMessage, { type: 'snapshot' }>): void {
    const { scope, part, users, complete, ref, window } = message
    if (ref !== this.ref) return
    if (part === 0) this.#named.set(scope, new Set())
    const named = this.#named.get(scope) ?? new Set()
    if (scope === 'online') this.window = window
    for (const user of users) {
      expect(this.gone).not.toContain(user.id)
      named.add(user.id)
      this.rows.set(user.id, user)
    }
    if (!complete) return
    this.#answered.add(scope)
    this.#named.delete(scope)
    for (const row of this.rows.values()) {
      const isInScope =
        scope === 'all' ||
        (scope === 'online' && isInside(row.username, this.window)) ||
        (scope === 'users' && 'users' in this.watch && this.watch.users.includes(row.id))
      if (isInScope && !named.has(row.id)) this.rows.set(row.id, { ...row, status: 'offline' })
    }
  }

  /** Those of some names that it shows online. */
  onlineOf(names: string[]): string[] {
    return names.filter((name) => this.rows.get(idOf(name))?.status === 'online')
  }
}

function isInside(name: string, window: Window | undefined): boolean {
  if (window === undefined) return false
  const key = nameKey(name)
  return (
    (window.from === null || nameKey(window.from) <= key) && (window.to === null || key <= nameKey(window.to))
  )
}

const name = fc.constantFrom(...NAMES)
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 12 })
const client = fc.nat({ max: 5 })
const watch: fc.Arbitrary<Watch> = fc.oneof(
  fc.constant<Watch>({ all: true }),
  fc.record({ users: fc.uniqueArray(name.map(idOf), { maxLength: 8 }) }),
  fc.record({
    users: fc.uniqueArray(name.map(idOf), { maxLength: 4 }),
    online: fc.record({
      from: fc.oneof(fc.constant(null), name, fc.nat({ max: 45 }), fc.constantFrom('A', 'user 1', 'zz')),
      limit: fc.integer({ min: 1, max: 8 }),
    }),
  }),
)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('come' as const), names }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('go' as const), names }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('watch' as const), client, watch }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add' as const), name }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('stall' as const), client }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('resume' as const), client }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('storm' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('bustle' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('database' as const), away: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 5, 20, 60, 300) }),
  },
)

/** One after another, many come and go. */
async function bustle(presence: FakePresence, people: Person[]): Promise<void> {
  for (let n = 0; n < 60; n++) {
    const person = people[(n * 7) % people.length]!
    if (presence.isOnline(person.id)) presence.go(person)
    else presence.come(person)
    // oxlint-disable-next-line no-await-in-loop
    await clock.advance(10)
  }
}

test('P9 P10 P12 P14 whoever comes, goes, watches, stalls and returns: at the end every screen equals the truth', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80, size: 'max' }),
      fc.constantFrom(200, 2_000),
      // Where telling is dear, it is done in turns.
      fc.constantFrom(0, 20),
      async (steps, bound, writeMs) => {
        // Nobody is asked for a sign of life meanwhile.
        const presence = new FakePresence({ heartbeatMs: 600_000 })
        const people = new Map(NAMES.map((each) => [each, presence.create(each)]))
        const screens = Array.from(
          { length: 6 },
          (_, n) => new Screen(presence.connect(`session ${n}`, bound)),
        )
        for (const { connection } of screens) connection.onWrite = () => clock.work(writeMs)
        const everybody = (list: string[]) => list.flatMap((each) => people.get(each) ?? [])
        for (const one of steps) {
          if (one.kind === 'come') presence.come(...everybody(one.names))
          if (one.kind === 'go') presence.go(...everybody(one.names))
          if (one.kind === 'watch') screens[one.client]?.ask(one.watch)
          if (one.kind === 'stall') screens[one.client]?.connection.stall()
          if (one.kind === 'resume') screens[one.client]?.connection.resume()
          if (one.kind === 'database') presence.isDatabaseAway = one.away
          if (one.kind === 'storm')
            for (let n = 0; n < 20; n++) presence.connect(`storm ${n}`).send({ type: 'watch', all: true })
          if (one.kind === 'bustle') await bustle(presence, [...people.values()])
          if (one.kind === 'wait') await clock.advance(one.ms)
          const person = one.kind === 'remove' || one.kind === 'add' ? people.get(one.name) : undefined
          if (one.kind === 'remove' && person !== undefined) {
            people.delete(person.name)
            presence.accounts.delete(person.id)
            presence.go(person)
            presence.gateway.directory([{ op: 'removed', ...person }])
          }
          if (one.kind === 'add' && person !== undefined)
            presence.gateway.directory([{ op: 'added', ...person }])
          for (const screen of screens) screen.read()
        }
        presence.isDatabaseAway = false
        for (const screen of screens) screen.connection.resume()
        await clock.advance(5_000)
        for (const screen of screens) screen.read()
        const present = NAMES.filter((each) => people.has(each))
        const online = present.filter((each) => presence.isOnline(idOf(each)))
        for (const screen of screens) {
          expect(screen.connection.closeCode).toBeNull()
          expect(screen.isAnswered).toBe(true)
          for (const id of screen.gone) expect(screen.rows.has(id)).toBe(false)
          if ('all' in screen.watch) {
            expect(screen.onlineOf(NAMES)).toEqual(online)
            continue
          }
          const watched = NAMES.filter(
            (each) => 'users' in screen.watch && screen.watch.users.includes(idOf(each)),
          )
          expect(screen.onlineOf(watched)).toEqual(watched.filter((each) => online.includes(each)))
          for (const each of watched) {
            const row = screen.rows.get(idOf(each))
            if (people.has(each)) expect(row?.status).toBe(online.includes(each) ? 'online' : 'offline')
          }
          const { online: stretch } = screen.watch
          if (stretch === undefined || screen.ref === 0) continue
          const inside = NAMES.filter((each) => isInside(each, screen.window))
          expect(screen.onlineOf(inside).toSorted()).toEqual(
            inside.filter((each) => online.includes(each)).toSorted(),
          )
          expect(screen.onlineOf(inside).length).toBeLessThanOrEqual(2 * stretch.limit)
        }
        presence.gateway.stop()
        await clock.advance(100)
      },
    ),
    { numRuns: 150 },
  )
})
