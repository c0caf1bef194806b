import { freePort, startRedisServer } from '@rollcall/api/testing/services/redis-server'
import { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Fault, type Measure, type Scene, seconds } from '../fault.ts'
import { convergence, type Timing } from '../timing.ts'

const promised = (timing: Timing) =>
  `nobody is shown offline wrongly; all screens are right within ${seconds(convergence(timing))}`

/** While it lasts, some come and some go; then it is undone. Measures how long until the screens show them so. */
async function through(
  { world, timing, pinned }: Scene,
  begin: () => Promise<void>,
  end: () => Promise<void>,
): Promise<Measure[]> {
  await begin()
  const leaving = pinned.flatMap((tabs) => tabs.slice(0, 3))
  for (const tab of leaving) tab.close()
  const coming = [...(await world.bring(3, 0)), ...(await world.bring(3, 1))]
  const begun = performance.now()
  await end()
  const ended = performance.now()
  const limit = convergence(timing)
  const wrong = () => [...world.stillShown(leaving), ...world.notShown(coming)]
  await world.until(wrong, limit + 30_000)
  const right = performance.now()
  return [{ what: 'right again', value: right - (ended - begun > 1_000 ? ended : begun), unit: 'ms', limit }]
}

const nothing = () => Promise.resolve()

export const redisCrash: Fault = {
  name: 'redis-crash',
  title: 'kill -9 of Redis, and an empty one in its place after 5 s',
  promised,
  convergenceMs: convergence,
  run: (scene) =>
    through(
      scene,
      () => scene.world.redis.crash(),
      async () => {
        await sleep(5_000)
        await scene.world.redis.restart()
      },
    ),
}

export const flushAll: Fault = {
  name: 'flushall',
  title: 'FLUSHALL, while a process stands still for a moment',
  promised,
  convergenceMs: convergence,
  run: (scene) =>
    through(
      scene,
      async () => {
        const pause = scene.world.process(1).pause(scene.timing.leaseMs / 4)
        await scene.world.redis.command('FLUSHALL')
        await pause
      },
      nothing,
    ),
}

export const freezeRedis: Fault = {
  name: 'freeze-redis',
  title: 'SIGSTOP of Redis for 10 s',
  promised,
  convergenceMs: convergence,
  run: (scene) =>
    through(
      scene,
      async () => scene.world.redis.freeze(),
      async () => {
        await sleep(10_000)
        scene.world.redis.thaw()
      },
    ),
}

export const cutSubscribers: Fault = {
  name: 'cut-subscribers',
  title: 'CLIENT KILL of all subscribers, again and again',
  promised,
  convergenceMs: convergence,
  run: (scene) =>
    through(
      scene,
      async () => void (await scene.world.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')),
      async () => {
        for (let i = 0; i < 10; i++) {
          /* oxlint-disable no-await-in-loop */
          await sleep(200)
          await scene.world.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
          /* oxlint-enable no-await-in-loop */
        }
      },
    ),
}

export const fullRedis: Fault = {
  name: 'full-redis',
  title: 'maxmemory reached: writes are refused for longer than a lease',
  promised,
  convergenceMs: convergence,
  run: (scene) =>
    through(
      scene,
      async () => {
        scene.world.redis.noteAway()
        await scene.world.redis.command('CONFIG', 'SET', 'maxmemory', '1')
      },
      async () => {
        await sleep(scene.timing.leaseMs + 2_000)
        await scene.world.redis.command('CONFIG', 'SET', 'maxmemory', '0')
        scene.world.redis.noteUp()
      },
    ),
}

/** More than come and go in the seconds after the failover: as many numbers are given out again. */
const MANY = 60
const CONNECTED_WITHIN_MS = 20_000

export const forgetfulFailover: Fault = {
  name: 'forgetful-failover',
  title: 'failover to a replica that lacks the last 3 s of writes',
  promised,
  convergenceMs: convergence,
  world: { proxied: true },
  async run(scene) {
    const { world, timing } = scene
    const replica = await startRedisServer({
      port: await freePort(),
      config: [`replicaof 127.0.0.1 ${world.redis.port}`],
    })
    const client = new Redis(replica.url)
    client.on('error', () => {})
    const forgotten = await world.bring(MANY, 0)
    try {
      await world.untilConnected(forgotten, CONNECTED_WITHIN_MS)
      await world.until(() => world.notShown(forgotten), CONNECTED_WITHIN_MS)
      await untilFollowing(client)
      for (const tab of forgotten) tab.close()
      // That they are offline is among the writes that the replica lacks.
      await sleep(timing.graceMs - 500)
      await client.call('REPLICAOF', ['NO', 'ONE'])
      return await through(scene, nothing, async () => {
        await sleep(3_000)
        for (const path of world.redisPaths) path.lead(replica.port)
        await world.redis.replaceBy(replica)
      })
    } finally {
      client.disconnect()
    }
  },
}

export const sentinelFailover: Fault = {
  name: 'sentinel-failover',
  title: 'kill -9 of the master of a Sentinel group',
  promised,
  convergenceMs: convergence,
  world: { sentinel: true },
  run: (scene) =>
    through(
      scene,
      () => scene.world.redis.crash(),
      () => scene.world.redis.untilPromoted(),
    ),
}

async function untilFollowing(client: Redis): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline;) {
    /* oxlint-disable no-await-in-loop */
    if ((await client.info('replication')).includes('master_link_status:up')) return
    await sleep(50)
    /* oxlint-enable no-await-in-loop */
  }
  throw new Error('The replica does not follow.')
}
