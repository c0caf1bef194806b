import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'

import { freePort, startRedisServer, type RedisServer } from './redis-server.ts'

export interface RedisCluster {
  readonly url: string
  readonly masters: readonly RedisServer[]
  /** One for each master, in the same order; none where none were asked for. */
  readonly replicas: readonly RedisServer[]
  stop(): Promise<void>
}

const SLOTS = 16_384
const FORM_MS = 60_000

/** Starts a private Redis Cluster of three masters, with a replica each if asked for, that fails over within seconds. */
export async function startRedisCluster({ replicas = false } = {}): Promise<RedisCluster> {
  const masters = await Promise.all([node(), node(), node()])
  const others = replicas ? await Promise.all([node(), node(), node()]) : []
  const all = [...masters, ...others]
  const stop = async (): Promise<void> => {
    await Promise.all(all.map((each) => each.server.stop()))
  }
  const clients = all.map(({ server }) => new Redis({ host: '127.0.0.1', port: server.port }))
  try {
    await form(
      clients,
      all.map(({ server, busPort }) => ({ port: server.port, busPort })),
      masters.length,
    )
  } catch (error) {
    await stop()
    throw error
  } finally {
    for (const client of clients) client.disconnect()
  }
  return {
    url: masters.map(({ server }) => server.url).join(','),
    masters: masters.map(({ server }) => server),
    replicas: others.map(({ server }) => server),
    stop,
  }
}

async function node(): Promise<{ server: RedisServer; busPort: number }> {
  const busPort = await freePort()
  const server = await startRedisServer({
    config: [
      'cluster-enabled yes',
      `cluster-port ${busPort}`,
      'cluster-config-file nodes.conf',
      'cluster-node-timeout 2000',
      'cluster-replica-validity-factor 0',
    ],
  })
  return { server, busPort }
}

async function form(
  clients: readonly Redis[],
  ports: readonly { port: number; busPort: number }[],
  masters: number,
): Promise<void> {
  const deadline = Date.now() + FORM_MS
  const [first] = clients
  if (first === undefined) throw new Error('A Cluster has nodes')
  await Promise.all(
    clients.slice(0, masters).map(async (client, i) => {
      const from = Math.floor((SLOTS * i) / masters)
      await client.cluster('ADDSLOTSRANGE', from, Math.floor((SLOTS * (i + 1)) / masters) - 1)
      await client.cluster('SET-CONFIG-EPOCH', i + 1)
    }),
  )
  for (const { port, busPort } of ports.slice(1)) await first.cluster('MEET', '127.0.0.1', port, busPort)
  for (const client of clients) {
    await until(deadline, async () => (await known(client)) === clients.length)
  }
  for (const [i, client] of clients.slice(masters).entries()) {
    const master = clients[i]
    if (master === undefined) throw new Error('A replica has a master')
    const id = await master.cluster('MYID')
    await client.cluster('REPLICATE', id)
    await until(deadline, async () => /^master_link_status:up/m.test(await client.info('replication')))
  }
  for (const client of clients) {
    await until(deadline, async () => (await client.cluster('INFO')).includes('cluster_state:ok'))
  }
}

async function known(client: Redis): Promise<number> {
  return Number(/^cluster_known_nodes:(\d+)/m.exec(await client.cluster('INFO'))?.[1] ?? 0)
}

async function until(deadline: number, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('The Redis servers did not come together')
    await sleep(50)
  }
}
