import type { Person } from '@rollcall/presence'
import type { ServerMessage } from '@rollcall/protocol'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import type { FakeClock } from './testing/fake-clock.ts'
import type { FakeConnection } from './testing/fake-connection.ts'
import type { FakePresence } from './testing/fake-presence.ts'
import { openFakePresence } from './testing/open-fake-presence.ts'

/** So long it takes to write to a connection, ms: telling all of them takes long. */
const WRITE_MS = 1
const WATCHERS = 48

let clock: FakeClock
let presence: FakePresence
let turns = 0

beforeEach(() => {
  // Nobody is asked for a sign of life meanwhile.
  ;({ clock, presence } = openFakePresence({ heartbeatMs: 600_000 }))
})

/** What one connection shows. It throws where it is told what it knows already, unless it is lenient. */
class Screen {
  readonly connection: FakeConnection
  readonly online = new Map<string, string>()
  readonly removed = new Set<string>()
  readonly #watchesAll: boolean
  readonly #isStrict: boolean
  /** The last name of its stretch. */
  to: string | null = null
  frames = 0

  constructor(session: string, watch: object, strictness: 'strict' | 'lenient' = 'strict') {
    this.#isStrict = strictness === 'strict'
    this.#watchesAll = 'all' in watch
    this.connection = presence.connect(session)
    this.connection.onWrite = () => clock.work(WRITE_MS)
    this.connection.send({ type: 'watch', ...watch })
  }

  read(): this {
    for (const message of this.connection.read()) this.#hear(message)
    return this
  }

  get names(): string[] {
    return [...this.online.values()].toSorted()
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'snapshot') {
      if (message.window !== undefined) {
        this.online.clear()
        this.to = message.window.to
      }
      for (const { id, username, status } of message.users) {
        if (status === 'online') this.#come(id, username)
        else this.online.delete(id)
      }
    }
    if (message.type === 'presence') {
      this.frames++
      for (const { id, username, status } of message.changes) {
        if (status === 'online') this.#come(id, username)
        else if (!this.online.delete(id) && this.#isStrict)
          throw new Error(`${username} goes, and was not there`)
      }
      if (this.#watchesAll) expect(message.counts.online).toBe(this.online.size)
    }
    if (message.type === 'directory') {
      for (const { op, id } of message.changes) {
        if (op === 'removed') this.removed.add(id)
        this.online.delete(id)
      }
    }
  }

  #come(id: string, name: string): void {
    if (this.removed.has(id)) throw new Error(`${name} comes, and was deleted`)
    if (this.online.has(id) && this.#isStrict) throw new Error(`${name} comes, and was there`)
    this.online.set(id, name)
  }
}

/** So many that nobody goes and comes back between two turns of a cohort. */
const people = Array.from({ length: 300 }, (_, n) => ({
  id: `id-of-${n}`,
  name: `User ${String(n).padStart(3, '0')}`,
}))
const openAll = () => Array.from({ length: WATCHERS }, (_, n) => new Screen(String(n), { all: true }).read())

/** Many come and go, now and then, until telling is done in turns. */
async function bustle(seconds: number, each?: (step: number) => void): Promise<void> {
  for (let step = 0; step < seconds * 200; step++) {
    const person = people[(turns++ * 7) % people.length]!
    if (presence.isOnline(person.id)) presence.go(person)
    else presence.come(person)
    each?.(step)
    // oxlint-disable-next-line no-await-in-loop
    await clock.advance(5)
  }
}

describe('where telling all takes long', () => {
  test('lets others have their turn meanwhile, and whoever asks then is told everything once', async () => {
    const connections = Array.from({ length: 500 }, (_, n) => presence.connect(`session ${n}`))
    for (const connection of connections) {
      connection.onWrite = () => clock.work(WRITE_MS)
      connection.send({ type: 'watch', all: true })
    }
    await clock.advance(5_000)
    for (const connection of connections) connection.read()
    const [ana] = people
    presence.come(ana!)
    const told = () => connections.reduce((frames, connection) => frames + connection.changes().length, 0)
    let first = 0
    while (first === 0) {
      // oxlint-disable-next-line no-await-in-loop
      await vi.advanceTimersToNextTimerAsync()
      first = told()
    }
    expect(first).toBeLessThan(500)
    const [last, late] = [connections.at(-1)!, presence.connect('late')]
    last.send({ type: 'watch', ref: 'again', all: true })
    late.send({ type: 'watch', ref: 'again', all: true })
    const between = [last.read(), late.read()].flat()
    expect(between.filter((message) => message.type === 'snapshot')).toMatchObject([
      { ref: 'again', users: [{ id: ana!.id }] },
      { ref: 'again', users: [{ id: ana!.id }] },
    ])
    await clock.advance(5_000)
    expect([last.changes(), late.changes()].flat()).toEqual([])
    expect(first + told()).toBe(499)
  })

  test('P2 P9 a cohort is told at a time, and everybody everything once', async () => {
    const screens = openAll()
    await clock.advance(3_000)
    await bustle(1)
    const framesIn = async (ms: number) => {
      for (const screen of screens) screen.read().frames = 0
      await bustle(ms / 1_000)
      return screens.map((screen) => screen.read().frames)
    }
    const told = (await framesIn(20)).filter((frames) => frames > 0)
    expect(told.length).toBeLessThanOrEqual(WATCHERS / 4)
    const frames = await framesIn(4_000)
    expect(Math.max(...frames) - Math.min(...frames)).toBeLessThanOrEqual(1)
    await clock.advance(2_000)
    for (const screen of screens) expect(screen.read().names).toEqual(online())
  })

  test('P14 who begins to watch between two turns is told neither too much nor too little', async () => {
    const screens = openAll()
    // Nobody counts as a straggler of these any more.
    await clock.advance(16_000)
    await bustle(1)
    await bustle(10, (step) => {
      if (step % 50 === 0) screens.push(new Screen(`late ${step}`, { all: true }))
      for (const screen of screens) screen.read()
    })
    await clock.advance(2_000)
    for (const screen of screens) expect(screen.read().names).toEqual(online())
  })

  test('P4 nobody hears of an account that was deleted, and nobody of one too late', async () => {
    const screens = openAll()
    const guests: Person[] = []
    await clock.advance(3_000)
    await bustle(1)
    await bustle(5, (step) => {
      if (step % 40 === 0) {
        const guest = presence.create(`Guest ${step}`)
        guests.push(guest)
        presence.gateway.directory([{ op: 'added', ...guest }])
        presence.come(guest)
      }
      const guest = step % 40 === 20 ? guests.at(-1) : undefined
      if (guest !== undefined) {
        presence.gateway.directory([{ op: 'removed', ...guest }])
        presence.go(guest)
      }
      for (const screen of screens) screen.read()
    })
    await clock.advance(2_000)
    for (const screen of screens) {
      expect(screen.read().names).toEqual(online())
      expect([...screen.removed]).toEqual(guests.map(({ id }) => id))
    }
  })

  test('P14 a snapshot that had to wait for the database is not ahead of what is told next', async () => {
    openAll()
    await clock.advance(16_000)
    await bustle(1)
    const fickle = presence.create('Fickle')
    const absent = presence.create('Absent')
    for (let round = 0; round < 60; round++) {
      const comes = 60 + (round % 5)
      const looks = comes + 1 + (round % 7)
      let screen: Screen | undefined
      // oxlint-disable-next-line no-await-in-loop
      await bustle(0.5, (step) => {
        if (step === comes) presence.come(fickle)
        if (step === looks) screen = new Screen(`late ${round}`, { users: [fickle.id, absent.id] }, 'lenient')
        if (step === looks + 3 + (round % 4)) presence.go(fickle)
      })
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(1_000)
      expect(screen?.read().names).toEqual([])
      screen?.connection.drop()
    }
  })

  test('P9 who was slow meanwhile has all when he is not any more', async () => {
    const screens = openAll()
    await clock.advance(3_000)
    await bustle(1)
    const slow = presence.connect('slow', 1_024)
    slow.send({ type: 'watch', all: true })
    const shown = new Set<string>()
    for (let n = 0; n < 12; n++) {
      await bustle(1)
      slow.stall()
      await bustle(0.1 + n / 50)
      await clock.advance(2_000)
      slow.resume()
      await clock.advance(2_000)
      for (const message of slow.read()) {
        const users =
          message.type === 'snapshot' ? message.users : message.type === 'presence' ? message.changes : []
        for (const { username, status } of users) {
          if (status === 'online') shown.add(username)
          else shown.delete(username)
        }
      }
      expect([...shown].toSorted()).toEqual(online())
    }
    for (const screen of screens) expect(screen.read().names).toEqual(online())
  })

  test.each([150, 40])('P10 stretches are told in turns, too, of %i people', async (limit) => {
    const screens = Array.from(
      { length: WATCHERS },
      (_, n) => new Screen(String(n), { users: [], online: { from: 0, limit } }),
    )
    for (const screen of screens) screen.read()
    await clock.advance(3_000)
    await bustle(2)
    for (const screen of screens) screen.read().frames = 0
    await bustle(20 / 1_000)
    const told = screens.filter((screen) => screen.read().frames > 0)
    expect(told.length).toBeLessThanOrEqual(WATCHERS / 4)
    await bustle(3)
    await clock.advance(2_000)
    for (const screen of screens) {
      screen.read()
      expect(screen.names).toEqual(online().filter((name) => screen.to === null || name <= screen.to))
    }
  })
})

function online(): string[] {
  return presence
    .online()
    .map(({ name }) => name)
    .toSorted()
}
