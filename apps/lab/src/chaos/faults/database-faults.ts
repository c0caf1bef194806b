import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

import { type Fault, type Scene, seconds } from '../fault.ts'
import { convergence } from '../timing.ts'

const BACK_WITHIN_MS = 5_000

export const stopPostgres: Fault = {
  name: 'stop-postgres',
  title: 'PostgreSQL stops for 8 s',
  promised: () =>
    `503 with Retry-After within 2 s, who is connected stays, right again within ${seconds(BACK_WITHIN_MS)}`,
  convergenceMs: convergence,
  async run(scene) {
    const { world, roaming } = scene
    const event = world.log.events.length
    await world.services.postgres.halt()
    await sleep(1_000)
    const begun = performance.now()
    const answer = await ask(scene)
    const took = performance.now() - begun
    await sleep(6_000)
    await world.services.postgres.resume()
    if (answer.status !== 503 || answer.retryAfter === null)
      throw new Error(`Without PostgreSQL the answer was ${answer.status}, Retry-After ${answer.retryAfter}`)
    return [
      { what: '503', value: took, unit: 'ms', limit: 2_000 },
      { what: 'right again', value: await untilAnswered(scene), unit: 'ms', limit: BACK_WITHIN_MS },
      { what: 'connected people shown', value: world.shownSince(event, roaming), unit: 'changes', limit: 0 },
    ]
  },
}

export const terminateBackends: Fault = {
  name: 'terminate-backends',
  title: 'pg_terminate_backend of all connections',
  promised: () => `who is connected stays, right again within ${seconds(BACK_WITHIN_MS)}`,
  convergenceMs: convergence,
  async run(scene) {
    const { world, roaming } = scene
    const event = world.log.events.length
    for (let i = 0; i < 5; i++) {
      /* oxlint-disable no-await-in-loop */
      await terminateAll(world.services.postgres.url)
      await sleep(300)
      /* oxlint-enable no-await-in-loop */
    }
    return [
      { what: 'right again', value: await untilAnswered(scene), unit: 'ms', limit: BACK_WITHIN_MS },
      { what: 'connected people shown', value: world.shownSince(event, roaming), unit: 'changes', limit: 0 },
    ]
  },
}

async function terminateAll(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`,
    )
  } finally {
    await client.end()
  }
}

/** A request that needs the database. */
async function ask({ world, cookie }: Scene): Promise<{ status: number; retryAfter: string | null }> {
  const response = await fetch(`${world.process(0).origin}/api/users`, {
    headers: { cookie },
    signal: AbortSignal.timeout(10_000),
  })
  await response.text()
  return { status: response.status, retryAfter: response.headers.get('retry-after') }
}

async function untilAnswered(scene: Scene): Promise<number> {
  const begun = performance.now()
  // oxlint-disable-next-line no-await-in-loop
  while ((await ask(scene)).status !== 200) {
    if (performance.now() - begun > 60_000) throw new Error('PostgreSQL is back, and the product is not.')
    // oxlint-disable-next-line no-await-in-loop
    await sleep(50)
  }
  return performance.now() - begun
}
