import type { FakeClock } from './fake-clock.ts'
import type { FakeConnection } from './fake-connection.ts'
import type { FakePresence } from './fake-presence.ts'

/** A connection that watches all takes nothing any more, and its queue is filled. */
export async function stall(
  connection: FakeConnection,
  presence: FakePresence,
  clock: FakeClock,
): Promise<void> {
  connection.stall()
  const fillers = presence.crowd(20, 90_000)
  for (let n = 0; n < 30; n++) {
    if (n % 2 === 0) presence.come(...fillers)
    else presence.go(...fillers)
    // oxlint-disable-next-line no-await-in-loop
    await clock.advance(60)
  }
}
