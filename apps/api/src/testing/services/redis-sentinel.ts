import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'
import { z } from 'zod'

import { startRedisServer, type RedisServer } from './redis-server.ts'

export interface RedisSentinelGroup {
  readonly url: string
  /** The master at first, and its replica. */
  readonly servers: readonly [RedisServer, RedisServer]
  /** Makes the replica the master, as an operator does; the old master becomes its replica. */
  failOver(): Promise<void>
  stop(): Promise<void>
}

const GROUP = 'rollcall'
const WAIT_MS = 90_000

/** Starts a private master with a replica, and three Sentinels that make the replica the master soon after the master falls silent. */
export async function startRedisSentinel(): Promise<RedisSentinelGroup> {
  const master = await startRedisServer()
  const replica = await startRedisServer({
    config: [`replicaof 127.0.0.1 ${master.port}`],
  })
  const sentinels = await Promise.all([sentinel(master.port), sentinel(master.port), sentinel(master.port)])
  const [first] = sentinels
  const asked = new Redis({ host: '127.0.0.1', port: first.port })
  const stop = async (): Promise<void> => {
    asked.disconnect()
    await Promise.all([...sentinels, master, replica].map((server) => server.stop()))
  }
  const masterPort = async (): Promise<unknown> =>
    z.tuple([z.string(), z.string()]).parse(await asked.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', GROUP))[1]
  try {
    await until(async () => {
      const state = String(await asked.call('SENTINEL', 'CKQUORUM', GROUP))
      const replicas = await asked.call('SENTINEL', 'REPLICAS', GROUP)
      return state.startsWith('OK 3') && Array.isArray(replicas) && replicas.length === 1
    })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${GROUP}`,
    servers: [master, replica],
    failOver: async () => {
      const before = await masterPort()
      await until(async () => {
        await asked.call('SENTINEL', 'FAILOVER', GROUP)
        return true
      })
      await until(async () => (await masterPort()) !== before)
    },
    stop,
  }
}

async function sentinel(masterPort: number): Promise<RedisServer> {
  return startRedisServer({
    kind: 'sentinel',
    config: [
      `sentinel monitor ${GROUP} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${GROUP} 1000`,
      `sentinel failover-timeout ${GROUP} 5000`,
    ],
  })
}

/** What Sentinels refuse or do not know yet is tried again. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; ;) {
    try {
      if (await isSo()) return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    if (Date.now() > deadline) throw new Error('The Sentinels did not come together')
    await sleep(50)
  }
}
