import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { inSequence } from './fault.ts'
import { killProcess, moving } from './faults/process-faults.ts'
import { cutSubscribers, flushAll } from './faults/redis-faults.ts'
import { sessionEndedElsewhere } from './faults/session-faults.ts'
import { runFault } from './run-fault.ts'
import { Services } from './services.ts'
import { twins } from './twins.ts'

/** Shorter than the defaults, and long enough for a machine that is slow and busy. */
const timing = { graceMs: 2_500, leaseMs: 4_000, heartbeatMs: 6_000 }
const TWIN = fileURLToPath(new URL('twin-main.ts', import.meta.url))

let services: Services

beforeAll(() => {
  const url = process.env['DATABASE_URL']
  if (url === undefined) throw new Error('DATABASE_URL is missing: npm test sets it.')
  services = Services.at(url)
})
afterAll(() => services.stop())

describe.concurrent('two processes, a Redis that forgets, and a death', () => {
  test(
    'P7 P11 P12 nobody is shown wrongly, and all screens are right in the end',
    { timeout: 240_000 },
    async () => {
      const story = inSequence('short', [cutSubscribers, sessionEndedElsewhere, flushAll, killProcess])
      const { problems } = await runFault(story, { services, timing, seed: 1, isSmall: true })
      expect(problems).toEqual([])
    },
  )

  test('P3 a product without the grace does not pass', { timeout: 240_000 }, async () => {
    const twin = twins.find(({ name }) => name === 'no-grace')
    const { problems } = await runFault(moving, {
      services,
      timing,
      seed: 1,
      isSmall: true,
      program: [TWIN, twin?.name ?? ''],
    })
    expect(problems.filter((problem) => twin?.bites.test(problem))).not.toEqual([])
  })
})
