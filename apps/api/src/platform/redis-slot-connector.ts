import { connect as connectTcp, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'

import { AbstractConnector, Redis, type RedisOptions } from 'ioredis'
import { z } from 'zod'

import type { RedisAddress } from './redis-url.ts'

/** Replies keep the shapes that the types of commands know. */
export type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>

export interface SlotConnectorOptions {
  /** Nodes to begin with; the Cluster's other nodes are learnt. */
  readonly seeds: readonly RedisAddress[]
  readonly tls: boolean
  /** A name with the hash tag of all keys. */
  readonly key: string
  /** How the nodes are asked: user, password and time-outs. */
  readonly redis: ConnectionOptions
  readonly retryMs: number
}

export interface SlotConnection {
  readonly Connector: NonNullable<RedisOptions['Connector']>
  /** Whether an answer says that the slot is elsewhere. Another key's slot may always be. */
  readonly isMove: (error: Error) => boolean
}

/** Start, end, and then the nodes that have these slots, the master first. */
const Slots = z.array(
  z.tuple([z.number(), z.number()]).rest(z.tuple([z.string().nullable(), z.number()]).rest(z.unknown())),
)

/**
 * Connects to the node of a Redis Cluster that is the master of one slot. All our keys live in one slot, so that one plain connection is
 * enough, nothing is ever sent twice, and subscriptions stand where is published.
 */
export function slotConnector(options: SlotConnectorOptions): SlotConnection {
  let nodes = [...options.seeds]
  let slot = -1

  class SlotConnector extends AbstractConnector {
    constructor() {
      super(options.redis.disconnectTimeout ?? 2_000)
    }

    async connect(emit: (type: string, error: Error) => void): Promise<Socket> {
      this.connecting = true
      for (;;) {
        const found = await this.#find(emit)
        if (!this.connecting) throw new Error('Connection is closed.')
        if (found !== null) {
          const socket = options.tls ? connectTls({ ...found, servername: found.host }) : connectTcp(found)
          socket.once('error', (error: Error) => {
            this.firstError = error
          })
          this.stream = socket
          return socket
        }
        await sleep(options.retryMs)
      }
    }

    async #find(emit: (type: string, error: Error) => void): Promise<RedisAddress | null> {
      for (const node of nodes.slice()) {
        if (!this.connecting) return null
        // The next round begins with another node: this one may be cut off from the others.
        nodes = [...nodes.filter((other) => other !== node), node]
        try {
          const layout = await ask(node, options)
          nodes = merge(layout.nodes, options.seeds)
          slot = layout.slot
          return layout.master
        } catch (error) {
          emit('error', error instanceof Error ? error : new Error(String(error)))
        }
      }
      return null
    }
  }
  return {
    Connector: SlotConnector,
    isMove: (error) => /^(?:MOVED|ASK) (\d+) /.exec(error.message)?.[1] === String(slot),
  }
}

async function ask(
  node: RedisAddress,
  { redis, key }: SlotConnectorOptions,
): Promise<{ slot: number; master: RedisAddress; nodes: RedisAddress[] }> {
  const client = new Redis({ ...redis, ...node, lazyConnect: true, retryStrategy: () => null })
  // The failure is what `connect` rejects with.
  client.on('error', () => {})
  try {
    await client.connect()
    const slot = await client.cluster('KEYSLOT', key)
    const ranges = Slots.parse(await client.cluster('SLOTS'))
    const all = ranges.map(([from, to, ...members]) => ({
      from,
      to,
      // An empty host means: the one that was asked.
      members: members.map(([host, port]) => ({
        host: host === null || host === '' ? node.host : host,
        port,
      })),
    }))
    const master = all.find(({ from, to }) => from <= slot && slot <= to)?.members[0]
    if (master === undefined)
      throw new Error(`CLUSTERDOWN ${node.host}:${node.port} knows no master of slot ${slot}`)
    return { slot, master, nodes: all.flatMap(({ members }) => members) }
  } finally {
    client.disconnect()
  }
}

function merge(known: readonly RedisAddress[], seeds: readonly RedisAddress[]): RedisAddress[] {
  const byName = new Map([...known, ...seeds].map((node) => [`${node.host}:${node.port}`, node]))
  return [...byName.values()]
}
