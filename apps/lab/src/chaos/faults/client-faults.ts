import { MAX_WATCHED_USERS } from '@rollcall/protocol'
import { WebSocket } from 'ws'

import { type Fault, seconds } from '../fault.ts'
import { addMadeUpPeople } from '../made-up-people.ts'
import { Tab } from '../tab.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import { convergence, type Timing } from '../timing.ts'

const MOST_GROWTH_MIB = 100
/** The more bytes an answer has, the sooner the kernel takes no more. */
const LONG_NAME = '漢'.repeat(25)

const twoHeartbeats = ({ heartbeatMs }: Timing) => 2 * heartbeatMs
/** What the kernel takes before anything waits, fills up first. */
const untilCut = (timing: Timing) => twoHeartbeats(timing) + timing.graceMs + 20_000

export const slowReader: Fault = {
  name: 'slow-reader',
  title: 'clients that ask for much and read nothing',
  promised: (timing) =>
    `offline within ${seconds(untilCut(timing))}; memory grows by less than ${MOST_GROWTH_MIB} MiB; nobody else notices`,
  convergenceMs: convergence,
  async run({ world, timing, roaming }) {
    const event = world.log.events.length
    const before = (await world.process(0).memory()) ?? 0
    const many = await addMadeUpPeople(world.pool, LONG_NAME, MAX_WATCHED_USERS)
    const watched = many.map(({ id }) => id)
    const people = (await world.newSessions(5)).map(({ cookie, user }) => ({
      user: user.id,
      stop: readNothing(world.process(0).origin, cookie, watched),
    }))
    try {
      await world.until(() => world.notShown(people), 20_000)
      const cut = await world.until(() => world.stillShown(people), untilCut(timing) + 60_000)
      const growth = Math.max(0, world.peakMemory - before)
      return [
        { what: 'offline', value: cut, unit: 'ms', limit: untilCut(timing) },
        { what: 'memory', value: growth, unit: 'MiB', limit: MOST_GROWTH_MIB },
        { what: 'others shown', value: world.shownSince(event, roaming), unit: 'changes', limit: 0 },
      ]
    } finally {
      for (const { stop } of people) stop()
    }
  },
}

/** Asks again and again, and never reads: it is alive, and does not drain. @returns to stop it */
function readNothing(origin: string, cookie: string, users: readonly string[]): () => void {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/api/ws`, { headers: { cookie } })
  socket.on('error', () => {})
  socket.once('open', () => socket.pause())
  const timer = setInterval(() => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'watch', users }))
  }, 60)
  return () => {
    clearInterval(timer)
    socket.terminate()
  }
}

export const halfOpen: Fault = {
  name: 'half-open',
  title: 'a client whose path goes dead without a word',
  promised: (timing) => `offline within ${seconds(twoHeartbeats(timing) + timing.graceMs + 2_000)}`,
  convergenceMs: convergence,
  async run({ world, timing }) {
    const [session] = await world.newSessions(1)
    if (session === undefined) throw new Error('there is no session')
    const path = await TcpProxy.start(world.process(0).port)
    const tab = new Tab({
      session,
      log: world.log,
      route: () => ({ process: 0, origin: `http://127.0.0.1:${path.port}` }),
    })
    try {
      await world.untilConnected([tab], 20_000)
      await world.until(() => world.notShown([tab]), 20_000)
      path.stall('to-client', 'to-server')
      tab.noteBroken()
      const limit = convergence(timing)
      const ghost = await world.until(() => world.stillShown([tab]), limit + 30_000)
      return [{ what: 'ghost', value: ghost, unit: 'ms', limit }]
    } finally {
      tab.close()
      await path.stop()
    }
  },
}
