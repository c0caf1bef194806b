import { MAX_WATCHED_USERS } from '@rollcall/protocol'
import { WebSocket } from 'ws'

import type { MadeUpSession } from '../../made-up-sessions.ts'
import { type Fault, seconds } from '../fault.ts'
import { addMadeUpPeople } from '../made-up-people.ts'
import { MemoryWatch } from '../memory-watch.ts'
import { QueueWatch } from '../queue-watch.ts'
import { Tab } from '../tab.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import { convergence, type Timing } from '../timing.ts'

const MOST_GROWTH_MIB = 100
/** The more bytes an answer has, the sooner the kernel takes no more. */
const LONG_NAME = '漢'.repeat(25)

const twoHeartbeats = ({ heartbeatMs }: Timing) => 2 * heartbeatMs
/** The kernel takes what is sent to a client that reads nothing, until it is full. */
const FULL_WITHIN_MS = 60_000

export const slowReader: Fault = {
  name: 'slow-reader',
  title: 'clients that ask for much and read nothing',
  promised: (timing) =>
    `offline within ${seconds(convergence(timing))} from when no more can be sent to them; memory grows by less than ${MOST_GROWTH_MIB} MiB; nobody else notices`,
  convergenceMs: convergence,
  async run({ world, timing, roaming }) {
    const harmed = world.process(0)
    const many = await addMadeUpPeople(world.pool, LONG_NAME, MAX_WATCHED_USERS)
    const watched = many.map(({ id }) => id)
    const sessions = await world.newSessions(5)
    const event = world.log.events.length
    const before = (await harmed.memory()) ?? 0
    const memory = new MemoryWatch([harmed])
    const readers = sessions.map((session) => new Unreader(harmed.port, session, watched))
    try {
      await world.until(() => world.notShown(readers), 20_000)
      const offline = await Promise.all(
        readers.map(async (reader) => {
          await world.until(() => world.stillShown([reader]), FULL_WITHIN_MS + convergence(timing))
          return performance.now() - reader.fullSince
        }),
      )
      return [
        { what: 'offline', value: Math.max(...offline), unit: 'ms', limit: convergence(timing) },
        { what: 'memory', value: Math.max(0, memory.peak - before), unit: 'MiB', limit: MOST_GROWTH_MIB },
        { what: 'others shown', value: world.shownSince(event, roaming), unit: 'changes', limit: 0 },
      ]
    } finally {
      memory.stop()
      for (const reader of readers) reader.stop()
    }
  },
}

/** Asks again and again, and never reads: it is alive, and does not drain. */
class Unreader {
  readonly user: string
  readonly #socket: WebSocket
  readonly #timer: NodeJS.Timeout
  #queue: QueueWatch | undefined

  constructor(server: number, { cookie, user }: MadeUpSession, users: readonly string[]) {
    this.user = user.id
    const socket = (this.#socket = new WebSocket(`ws://127.0.0.1:${server}/api/ws`, { headers: { cookie } }))
    socket.on('error', () => {})
    socket.once(
      'upgrade',
      ({ socket: { localPort = 0 } }) => (this.#queue = new QueueWatch(server, localPort)),
    )
    socket.once('open', () => socket.pause())
    this.#timer = setInterval(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'watch', users }))
    }, 60)
  }

  /** Since when the kernel takes no more for it. */
  get fullSince(): number {
    if (this.#queue === undefined) throw new Error('It was never connected.')
    return this.#queue.fullSince
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#queue?.stop()
    this.#socket.terminate()
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
