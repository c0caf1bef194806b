import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

import { type Fault, seconds } from '../fault.ts'
import { Tab } from '../tab.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import { convergence, type Timing } from '../timing.ts'

const MOST_GROWTH_MIB = 100

const twoHeartbeats = ({ heartbeatMs }: Timing) => 2 * heartbeatMs

export const slowReader: Fault = {
  name: 'slow-reader',
  title: 'clients that ask for much and read nothing',
  promised: (timing) =>
    `closed within ${seconds(twoHeartbeats(timing) + 4_000)}; memory grows by less than ${MOST_GROWTH_MIB} MiB; nobody else notices`,
  convergenceMs: convergence,
  async run({ world, timing, roaming }) {
    const event = world.log.events.length
    const before = (await world.process(0).memory()) ?? 0
    const everybody = [...world.tabs].map(({ user }) => user).slice(0, 500)
    const sessions = await world.newSessions(5)
    const closed = sessions.map(({ cookie }) => readNothing(world.process(0).origin, cookie, everybody))
    const limit = twoHeartbeats(timing) + 4_000
    const took = Math.max(...(await Promise.all(closed)))
    const growth = world.peakMemory - before
    return [
      { what: 'closed', value: took, unit: 'ms', limit },
      { what: 'memory', value: Math.max(0, growth), unit: 'MiB', limit: MOST_GROWTH_MIB },
      { what: 'others shown', value: world.shownSince(event, roaming), unit: 'changes', limit: 0 },
    ]
  },
}

/** Asks again and again and never reads. @returns how long after the first unread answer it was closed, ms */
async function readNothing(origin: string, cookie: string, users: readonly string[]): Promise<number> {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/api/ws`, { headers: { cookie } })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    socket.on('error', () => {})
  })
  await new Promise((resolve) => socket.once('open', resolve))
  socket.pause()
  const begun = performance.now()
  const many = Array.from({ length: 500 }, (_, i) => users[i % users.length])
  const timer = setInterval(() => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'watch', users: many }))
  }, 60)
  // What the server closes, a client that does not read hears of only by failing to write.
  await Promise.race([closed, sleep(120_000)])
  clearInterval(timer)
  socket.terminate()
  return performance.now() - begun
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
      await world.until(() => (tab.isLive ? [] : ['not connected']), 20_000)
      await world.until(() => (world.stillShown([tab]).length > 0 ? [] : ['not shown']), 20_000)
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
