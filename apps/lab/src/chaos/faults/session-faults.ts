import { RollcallHttp } from '@rollcall/client'

import { type Fault, seconds } from '../fault.ts'
import type { Tab } from '../tab.ts'
import { convergence } from '../timing.ts'
import type { World } from '../world.ts'

const NOTICE_WITHIN_MS = 1_000
const RECHECK_MS = 30_000

export const sessionEndedElsewhere: Fault = {
  name: 'session-ended-elsewhere',
  title: 'a session is ended on another process than its websockets are on',
  promised: () => `closed with 4401, and offline everywhere, within ${seconds(NOTICE_WITHIN_MS)}`,
  convergenceMs: convergence,
  async run({ world }) {
    const [session] = await world.newSessions(1)
    if (session === undefined) throw new Error('there is no session')
    const [other] = await world.sessions.begin([session.user])
    if (other === undefined) throw new Error('there is no other session')
    const tab = await connected(world, world.open(session, world.to(1)))
    const http = new RollcallHttp({
      origin: world.process(0).origin,
      headers: { cookie: other.cookie, origin: world.process(0).origin },
    })
    world.log.add({ type: 'ending', user: tab.user })
    await http.endSession(session.id)
    const closed = await untilEnded(world, tab, NOTICE_WITHIN_MS)
    const offline = await world.until(() => world.stillShown([tab]), 30_000)
    return [
      { what: 'closed', value: closed, unit: 'ms', limit: NOTICE_WITHIN_MS },
      { what: 'offline', value: closed + offline, unit: 'ms', limit: NOTICE_WITHIN_MS },
    ]
  },
}

export const lostEndNotice: Fault = {
  name: 'lost-end-notice',
  title: 'a session ends, and the notice of it is lost',
  promised: () => `closed with 4401 within ${seconds(RECHECK_MS)}`,
  convergenceMs: (timing) => RECHECK_MS + convergence(timing),
  async run({ world }) {
    const [session] = await world.newSessions(1)
    if (session === undefined) throw new Error('there is no session')
    const tab = await connected(world, world.open(session, world.to(1)))
    world.log.add({ type: 'ending', user: tab.user })
    await world.sessions.end([session])
    const closed = await untilEnded(world, tab, RECHECK_MS)
    return [{ what: 'closed', value: closed, unit: 'ms', limit: RECHECK_MS + 2_000 }]
  },
}

async function connected(world: World, tab: Tab): Promise<Tab> {
  await world.untilConnected([tab], 20_000)
  await world.until(() => world.notShown([tab]), 20_000)
  return tab
}

function untilEnded(world: World, { connection }: Tab, promisedMs: number): Promise<number> {
  const isOver = () => connection.state.kind === 'ended' && connection.state.reason === 'session'
  return world.until(() => (isOver() ? [] : [`it is ${connection.state.kind}`]), promisedMs + 30_000)
}
