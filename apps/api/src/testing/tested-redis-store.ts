import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { StoreUnavailable } from '@rollcall/presence'
import type { TestedStore, TestedStoreOptions } from '@rollcall/presence/testing'
import { pino } from 'pino'

import { openRedis, type RedisLink } from '../platform/redis.ts'
import { parseRedisUrl, type RedisTarget } from '../platform/redis-url.ts'
import { RedisPresenceStore } from '../presence/redis-presence-store.ts'

/** How long a command may take where a test is not about that: machines can be busy. */
export const PATIENT_MS = 20_000

export const silent = pino({ level: 'silent' })

export function redisTarget(url: string): RedisTarget {
  const parsed = parseRedisUrl(url)
  if (!parsed.ok) throw new Error(parsed.fault)
  return parsed.target
}

export function newId(): string {
  return randomBytes(12).toString('base64url')
}

/** Asks again, as every caller of a store does, until there is an answer. */
export async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 30_000; ;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || Date.now() > deadline) throw error
      await sleep(20)
    }
  }
}

/** A store in a corner of a Redis that others may use too: each client has connections of its own. */
export async function testedRedisStore(
  options: TestedStoreOptions & { readonly url: string; readonly namespace: string },
): Promise<TestedStore> {
  const { url, namespace, logEntries, logChanges } = options
  const target = redisTarget(url)
  const links: RedisLink[] = []
  const link = async (): Promise<RedisLink> => {
    const opened = await openRedis({ target, namespace, log: silent, commandTimeoutMs: PATIENT_MS })
    links.push(opened)
    return opened
  }
  const own = await link()

  const lose = async (): Promise<void> => {
    let cursor = '0'
    do {
      const [next, keys] = await own.commands.scan(cursor, 'MATCH', `${own.prefix}*`, 'COUNT', 1_000)
      if (keys.length > 0) await own.commands.unlink(...keys)
      cursor = next
    } while (cursor !== '0')
  }
  return {
    client: async () =>
      new RedisPresenceStore({ link: await link(), newId, log: silent, logEntries, logChanges }),
    lose,
    advance: async (ms) => sleep(ms),
    close: async () => {
      await lose()
      for (const each of links) each.close()
    },
  }
}
