import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Fault, seconds } from '../fault.ts'
import { convergence, convergenceAfterDeath } from '../timing.ts'

export const clockJump: Fault = {
  name: 'clock-jump',
  title: 'the clock of a process jumps an hour ahead, and two back',
  promised: (timing) =>
    `who stays is not shown, who goes is offline within ${seconds(convergenceAfterDeath(timing))}`,
  convergenceMs: convergence,
  async run({ world, timing, roaming }) {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-clock-'))
    const file = join(folder, 'time')
    await writeFile(file, '+0')
    const process = world.process(1)
    try {
      await process.terminate()
      await process.start({
        LD_PRELOAD: libfaketime(),
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      })
      const more = await world.bring(10, 1)
      await world.untilConnected([...roaming, ...more], 60_000)
      await world.untilSettled(60_000)
      await sleep(timing.graceMs)
      const event = world.log.events.length
      const limit = convergenceAfterDeath(timing)
      let ghosts = 0
      for (const time of ['+3600', '-3600']) {
        /* oxlint-disable no-await-in-loop */
        // The second time nobody moves: who has nothing to say is not told by an answer that he is taken for dead.
        if (time === '-3600') await world.endMoving()
        // Their grace runs while the clock jumps.
        const leaving = more.splice(0, 3)
        for (const tab of leaving) tab.close()
        await sleep(timing.graceMs / 2)
        await writeFile(file, time)
        const took = await world.until(() => world.stillShown(leaving), limit + 30_000)
        ghosts = Math.max(ghosts, timing.graceMs / 2 + took)
        // Were it taken for dead, that would show by then.
        await sleep(Math.max(0, limit - took))
        /* oxlint-enable no-await-in-loop */
      }
      const value = world.shownSince(event, [...roaming, ...more])
      return [
        { what: 'ghosts', value: ghosts, unit: 'ms', limit },
        { what: 'connected people shown', value, unit: 'changes', limit: 0 },
      ]
    } finally {
      await process.terminate()
      await process.start()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function libfaketime(): string {
  const found = globSync('/usr/lib{,64}/{*/,}faketime/libfaketime.so.1').find((path) => existsSync(path))
  if (found === undefined) throw new Error('libfaketime is missing: install the package "libfaketime".')
  return found
}
