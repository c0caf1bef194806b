import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Fault, seconds } from '../fault.ts'
import type { Tab } from '../tab.ts'
import type { TcpProxy } from '../tcp-proxy.ts'
import { convergence, convergenceAfterDeath, type Timing } from '../timing.ts'

/** The longest pause between two attempts of the product, and as much to connect. */
const REACHES_WITHIN_MS = 500 + 500
/** What had reached the process before the harm, it still shows: a tick later at most. */
const UNDER_WAY_MS = 250
/** How many come to the process just after it was cut off, and go before it is back. */
const GUESTS = 5
/** How many go over to it just before it is back, and drop as soon as it is: they are away for less than the grace. */
const MOVE_OVER = 12
const CONNECTED_WITHIN_MS = 20_000

interface Partition {
  readonly name: string
  readonly title: string
  readonly harm: (path: TcpProxy) => void
  /** How soon its users are offline elsewhere, ms. */
  readonly elsewhere: (timing: Timing) => number
  /** Whether changes still reach it, so that who goes elsewhere rightly goes on its screens. */
  readonly isTold: boolean
}

/** The path of one process to Redis is harmed for longer than lease and grace: alone it is dead to the others (P6). */
function partition({ name, title, harm, elsewhere, isTold }: Partition): Fault {
  return {
    name,
    title: `${title}, for longer than lease and grace`,
    promised: (timing: Timing) =>
      `its users are offline elsewhere within ${seconds(elsewhere(timing))}; ${isTold ? 'none of its own' : 'nobody'} goes on its own screens; all is right ${seconds(convergence(timing))} after`,
    convergenceMs: convergence,
    world: { proxied: true },
    async run({ world, timing, pinned: [, there = []] }) {
      const limit = elsewhere(timing)
      const goingOver = await world.bring(MOVE_OVER, 0)
      await world.untilConnected(goingOver, CONNECTED_WITHIN_MS)
      const sessions = await world.newSessions(GUESTS)
      harm(world.redisPath(1))
      world.process(1).note('cut')
      const guests = sessions.map((session) => world.open(session, world.to(1)))
      // Long enough for a second try to say that they came: what is under way when they go may arrive any time later.
      const guestsGone = sleep(4_000).then(() => guests.forEach((guest) => guest.close()))
      const [ghosts, event] = await Promise.all([
        world.until(() => world.stillShown(there), limit + 30_000),
        sleep(UNDER_WAY_MS).then(() => world.log.events.length),
      ])
      await guestsGone
      await sleep(1_000)
      const over = goingOver.map(({ session }) => world.open(session, world.to(1)))
      await world.untilConnected(over, CONNECTED_WITHIN_MS)
      for (const tab of goingOver) tab.close()
      await sleep(1_000)
      const own = new Set(there.map(({ user }) => user))
      const gone = world.log.events
        .slice(event)
        .filter(
          (entry) =>
            entry.type === 'shown' &&
            entry.observer === 'at process 1' &&
            entry.status === 'offline' &&
            (!isTold || own.has(entry.user)),
        )
      world.redisPath(1).heal()
      const healed = performance.now()
      await withinMs(world.redisPath(1).reached(), convergence(timing))
      // From here on it reaches Redis, as P7 has it: what was asked has been answered.
      world.process(1).note('running')
      const reaches = performance.now() - healed
      const rightWithin = convergence(timing)
      const [took] = await Promise.all([
        world.until(() => world.notShown(there), rightWithin + 30_000),
        closeInTurn(over),
      ])
      return [
        { what: 'ghosts elsewhere', value: ghosts, unit: 'ms', limit },
        { what: 'shown offline by it', value: gone.length, unit: 'changes', limit: 0 },
        { what: 'reaches Redis again', value: reaches, unit: 'ms', limit: REACHES_WITHIN_MS },
        { what: 'right again', value: reaches + took, unit: 'ms', limit: rightWithin },
      ]
    },
  }
}

/** A moment apart: some before it knows what became of it, some after. */
async function closeInTurn(tabs: readonly Tab[]): Promise<void> {
  for (const tab of tabs) {
    // oxlint-disable-next-line no-await-in-loop
    await sleep(10)
    tab.close()
  }
}

async function withinMs(promise: Promise<void>, ms: number): Promise<void> {
  const signal = AbortSignal.timeout(ms)
  await Promise.race([
    promise,
    once(signal, 'abort').then(() => {
      throw new Error(`After ${ms} ms: the process does not reach Redis`)
    }),
  ])
}

export const cutLink = partition({
  name: 'cut-link',
  title: 'the link of a process to Redis is cut',
  harm: (path) => path.cut(),
  elsewhere: convergenceAfterDeath,
  isTold: false,
})

export const muteLink = partition({
  name: 'mute-link',
  title: 'the link of a process to Redis swallows what goes to Redis',
  harm: (path) => path.stall('to-server'),
  elsewhere: convergenceAfterDeath,
  isTold: true,
})

export const deafLink = partition({
  name: 'deaf-link',
  title: 'the link of a process to Redis swallows what comes from Redis',
  harm: (path) => path.stall('to-client'),
  // It still renews its lease, until it notices that nobody answers.
  elsewhere: convergence,
  isTold: false,
})

export const flappingLink: Fault = {
  name: 'flapping-link',
  title: 'the link of a process to Redis breaks every second',
  promised: (timing) =>
    `nobody is shown offline wrongly; all screens are right within ${seconds(convergence(timing))}`,
  convergenceMs: convergence,
  world: { proxied: true },
  async run({ world }) {
    const path = world.redisPath(1)
    for (let i = 0; i < 8; i++) {
      path.cut()
      /* oxlint-disable no-await-in-loop */
      await sleep(world.random() * 400)
      path.heal()
      await sleep(600)
      /* oxlint-enable no-await-in-loop */
    }
    return []
  },
}

export const slowLink: Fault = {
  name: 'slow-link',
  title: 'the link of a process to Redis is 300 ms slow each way',
  promised: () => 'nobody is shown offline wrongly',
  convergenceMs: convergence,
  world: { proxied: true },
  async run({ world, timing }) {
    world.redisPath(1).delay(300)
    await sleep(2 * timing.leaseMs)
    world.redisPath(1).heal()
    return []
  },
}

export const deafSubscriber: Fault = {
  name: 'deaf-subscriber',
  title: 'the subscription of a process falls silent, while its commands are answered',
  promised: (timing) =>
    `nobody is shown offline wrongly; all screens are right within ${seconds(convergence(timing))}`,
  convergenceMs: convergence,
  // Nobody else moves: a process that says nothing is told nothing by the answers either.
  world: { proxied: true, movers: 0 },
  async run({ world, timing, pinned: [leaving = []] }) {
    const list = String(await world.redis.command('CLIENT', 'LIST', 'TYPE', 'pubsub'))
    for (const [, port] of list.matchAll(/ addr=127\.0\.0\.1:(\d+) /g))
      world.redisPath(1).deafen(Number(port))
    for (const tab of leaving) tab.close()
    const limit = convergence(timing)
    const right = await world.until(() => world.stillShown(leaving), limit + 30_000)
    return [{ what: 'right again', value: right, unit: 'ms', limit }]
  },
}
