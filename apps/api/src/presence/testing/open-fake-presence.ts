import { onTestFinished } from 'vitest'

import type { GatewayOptions } from '../gateway.ts'
import { FakeClock } from './fake-clock.ts'
import { FakePresence } from './fake-presence.ts'

/** In a time of its own, both until the test is over. */
export function openFakePresence(options: Partial<GatewayOptions>): {
  clock: FakeClock
  presence: FakePresence
} {
  const clock = new FakeClock()
  const presence = new FakePresence(options)
  onTestFinished(() => {
    presence.gateway.stop()
    clock.stop()
  })
  return { clock, presence }
}
