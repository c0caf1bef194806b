import { setTimeout as sleep } from 'node:timers/promises'

import { type Fault, seconds } from '../fault.ts'
import { convergence, convergenceAfterDeath } from '../timing.ts'

/** How long those who are connected take to be so again, at most. */
const BACK_WITHIN_MS = 60_000

export const killProcess: Fault = {
  name: 'kill-process',
  title: 'kill -9 of a process',
  promised: (timing) =>
    `who does not return is offline within ${seconds(convergenceAfterDeath(timing))}; who does never flickers`,
  convergenceMs: convergenceAfterDeath,
  async run({ world, timing, pinned: [, gone = []], roaming }) {
    const limit = convergenceAfterDeath(timing)
    const returning = roaming.filter((tab) => tab.process === 1)
    const event = world.log.events.length
    await world.process(1).kill()
    const ghosts = await world.until(() => world.stillShown(gone), limit + BACK_WITHIN_MS)
    const flicker = world.shownSince(event, returning)
    await world.process(1).start()
    return [
      { what: 'ghosts', value: ghosts, unit: 'ms', limit },
      { what: 'flicker', value: flicker, unit: 'changes', limit: 0 },
    ]
  },
}

export const freezeProcess: Fault = {
  name: 'freeze-process',
  title: 'SIGSTOP of a process past its lease, then SIGCONT',
  promised: (timing) =>
    `its users are offline within ${seconds(convergenceAfterDeath(timing))}, and back within ${seconds(convergence(timing))}, but not who went meanwhile`,
  convergenceMs: convergence,
  async run({ world, timing, pinned: [, gone = []] }) {
    const limit = convergenceAfterDeath(timing)
    world.process(1).freeze()
    const ghosts = await world.until(() => world.stillShown(gone), limit + BACK_WITHIN_MS)
    // It cannot hear that they go.
    const [leaving, staying] = [gone.slice(0, 5), gone.slice(5)]
    for (const tab of leaving) tab.close()
    await sleep(1_000)
    const event = world.log.events.length
    world.process(1).thaw()
    const back = await world.until(() => world.notShown(staying), convergence(timing) + BACK_WITHIN_MS)
    // Whoever is taken for there is held for a grace at least, and told of within a beat.
    await sleep(timing.graceMs)
    return [
      { what: 'ghosts', value: ghosts, unit: 'ms', limit },
      { what: 'back', value: back, unit: 'ms', limit: convergence(timing) },
      { what: 'shown back who went', value: world.cameSince(event, leaving), unit: 'changes', limit: 0 },
    ]
  },
}

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  title: 'SIGTERM of each process in turn, under 500 clients',
  promised: () => '0 changes for clients that return',
  convergenceMs: convergence,
  roaming: 500,
  world: { movers: 0 },
  async run({ world, roaming }) {
    const event = world.log.events.length
    let slowest = 0
    for (const process of world.processes) {
      /* oxlint-disable no-await-in-loop */
      const stopped = process.terminate()
      const begun = performance.now()
      await sleep(2_500)
      await world.untilConnected(roaming, BACK_WITHIN_MS)
      slowest = Math.max(slowest, performance.now() - begun)
      await stopped
      await process.start()
      /* oxlint-enable no-await-in-loop */
    }
    return [
      { what: 'flicker', value: world.shownSince(event, roaming), unit: 'changes', limit: 0 },
      { what: 'all back', value: slowest, unit: 'ms', limit: 10_000 },
    ]
  },
}

export const moving: Fault = {
  name: 'moving',
  title: 'no fault: people move between processes',
  promised: () => 'nobody is shown wrongly',
  convergenceMs: convergence,
  async run({ timing }) {
    await sleep(4 * timing.graceMs)
    return []
  },
}
