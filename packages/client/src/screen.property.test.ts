import type { UserPresence, UsersAnswer, Watch } from '@rollcall/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { Screen } from './screen.ts'
import { FakeServer } from './testing/fake-server.ts'

const NAMES = ['ada', 'Bob', 'ｃarl', 'dora', 'émile', 'Страус', '😀', '￦on']

const user = fc.nat({ max: NAMES.length - 1 })
const some = fc.record({
  users: fc.uniqueArray(user, { maxLength: 4 }),
  online: fc.option(
    fc.record({
      from: fc.oneof(fc.constantFrom(...NAMES), fc.nat({ max: 5 }), fc.constant(null)),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
    { nil: undefined },
  ),
})
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('come', 'go'), user }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('part'), rows: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('deliver'), messages: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('watch some'), watching: some }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take') }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('watch all', 'fall behind', 'catch up', 'answer') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('ask'), users: fc.uniqueArray(user, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('remove', 'add'), user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break') }) },
)
const steps = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' })
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A client and a server with two queues between them, and pages that come by another way. */
class World {
  readonly server = new FakeServer()
  readonly screen = new Screen()
  #toServer: Watch[] = []
  #toClient: { page: Pick<UsersAnswer, 'users' | 'counts'>; askedAt: number }[] = []
  #watching: Watch | undefined
  #now = 1_000
  #ref = 0
  readonly #ids: string[]
  #born = 0

  constructor() {
    this.#ids = NAMES.map((_, index) => this.#add(index))
    this.server.connect()
  }

  get isWatching(): boolean {
    return this.#watching !== undefined
  }

  do(step: Step): void {
    this.#now++
    switch (step.do) {
      case 'come':
        return this.server.come(this.#id(step.user))
      case 'go':
        return this.server.go(this.#id(step.user))
      case 'part':
        this.server.sendPart(step.rows)
        return
      case 'deliver':
        return this.deliver(step.messages)
      case 'watch some':
        return this.#watch({
          type: 'watch',
          users: step.watching.users.map((index) => this.#id(index)),
          ...(step.watching.online === undefined ? {} : { online: step.watching.online }),
        })
      case 'watch all':
        return this.#watch({ type: 'watch', all: true })
      case 'take':
        return this.#take()
      case 'fall behind':
        return this.server.fallBehind()
      case 'catch up':
        return this.server.catchUp()
      case 'ask':
        this.#toClient.push({
          page: this.server.page(step.users.map((index) => this.#id(index))),
          askedAt: this.#now,
        })
        return
      case 'answer':
        return this.#answer()
      case 'remove':
        return this.server.remove(this.#id(step.user))
      case 'add':
        if (!this.server.users.has(this.#id(step.user))) this.#ids[step.user] = this.#add(step.user)
        return
      case 'break':
        this.screen.lost()
        this.#toServer = []
        this.server.connect()
        if (this.#watching !== undefined) this.#watch(this.#watching)
    }
  }

  deliver(messages: number): void {
    for (const message of this.server.outbox.splice(0, messages)) this.screen.apply(message, ++this.#now)
  }

  /** Whatever is on its way arrives. */
  settle(): void {
    this.deliver(Number.POSITIVE_INFINITY)
    while (this.#toServer.length > 0) this.#take()
    this.server.catchUp()
    while (this.server.sendPart(2)) this.deliver(Number.POSITIVE_INFINITY)
    while (this.#toClient.length > 0) this.#answer()
    this.deliver(Number.POSITIVE_INFINITY)
  }

  /** As in life, a watch is sent only on a connection that was welcomed. */
  #watch(watch: Watch): void {
    this.deliver(1)
    const sent = { ...watch, ref: ++this.#ref }
    this.#watching = sent
    this.screen.watched(sent)
    this.#toServer.push(sent)
  }

  #take(): void {
    const watch = this.#toServer.shift()
    if (watch !== undefined) this.server.take(watch)
  }

  #answer(): void {
    const answer = this.#toClient.shift()
    if (answer !== undefined) this.screen.page(answer.page, answer.askedAt)
  }

  #id(index: number): string {
    return this.#ids[index] ?? ''
  }

  #add(index: number): string {
    const id = `u${index}-${this.#born++}`
    this.server.add(id, NAMES[index] ?? '')
    return id
  }
}

const statusOf = ({ id, status }: UserPresence) => `${id} ${status}`

test('whatever a conforming server sends, the screen equals the truth in the end', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const world = new World()
      for (const each of story) world.do(each)
      world.settle()
      const { screen, server } = world
      expect(screen.isSettled).toBe(true)
      if (world.isWatching) expect(screen.asOf).toBeNull()
      expect(screen.online.map(statusOf)).toEqual(server.stretch().map(statusOf))
      for (const truth of server.users.values()) {
        if (!server.watches(truth)) continue
        const shown = screen.user(truth.id) ?? { ...truth, status: 'offline' }
        expect(statusOf(shown)).toBe(statusOf(truth))
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a row that is said to be kept is right whenever nothing is on its way', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const world = new World()
      const { screen, server } = world
      for (const each of story) {
        world.do(each)
        if (each.do !== 'deliver' || server.isBehind) continue
        world.deliver(Number.POSITIVE_INFINITY)
        for (const truth of server.users.values()) {
          if (screen.isKept(truth.id)) expect(screen.user(truth.id)?.status).toBe(truth.status)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})
