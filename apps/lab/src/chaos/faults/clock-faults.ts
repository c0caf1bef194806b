import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Fault } from '../fault.ts'
import { convergence } from '../timing.ts'

export const clockJump: Fault = {
  name: 'clock-jump',
  title: 'the clock of a process jumps an hour ahead, and two back',
  promised: () => 'nobody notices',
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
      for (const time of ['+3600', '-3600']) {
        /* oxlint-disable no-await-in-loop */
        await writeFile(file, time)
        await sleep(timing.leaseMs + timing.graceMs)
        /* oxlint-enable no-await-in-loop */
      }
      const value = world.shownSince(event, [...roaming, ...more])
      return [{ what: 'connected people shown', value, unit: 'changes', limit: 0 }]
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
