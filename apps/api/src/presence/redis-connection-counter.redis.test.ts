import { afterEach, describe, expect, test } from 'vitest'

import { openRedis } from '../platform/redis.ts'
import { startRedisServer, type RedisServer } from '../testing/services/redis-server.ts'
import { newId, redisTarget, silent } from '../testing/tested-redis-store.ts'
import { RedisConnectionCounter } from './redis-connection-counter.ts'

const url = process.env['REDIS_URL']
if (url === undefined) throw new Error('REDIS_URL is not set: npm test sets it')

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Started {
  readonly counter: RedisConnectionCounter
  readonly namespace: string
}

/** A process with some websockets a session. */
async function start(
  connections: Record<string, number>,
  { namespace = `test-${newId()}`, members = (): number => 1, timeoutMs = 30_000, at = url ?? '' } = {},
): Promise<Started> {
  const link = await openRedis({ target: redisTarget(at), namespace, log: silent })
  const counter = new RedisConnectionCounter({
    link,
    id: newId(),
    connectionsOf: (session) => connections[session] ?? 0,
    members,
    log: silent,
    timeoutMs,
  })
  closing.push(() => link.close())
  // The question is heard where the subscription stands.
  await expect.poll(async () => counter.count([]), { timeout: 30_000 }).not.toBe(null)
  return { counter, namespace }
}

describe('the connections of a session', () => {
  test('are counted over all processes', async () => {
    const { counter, namespace } = await start({ s1: 1, s2: 2 })
    await start({ s2: 3, s3: 5 }, { namespace })
    await start({}, { namespace })
    expect(await counter.count(['s1', 's2', 's4'])).toEqual(new Map(Object.entries({ s1: 1, s2: 5, s4: 0 })))
  })

  test('are not known while a process with a lease does not answer', async () => {
    let members = 2
    const { namespace } = await start({ s: 1 })
    const { counter } = await start({ s: 1 }, { namespace, members: () => members, timeoutMs: 500 })
    await expect.poll(async () => counter.count(['s']), { timeout: 30_000 }).toEqual(new Map([['s', 2]]))
    members = 3
    expect(await counter.count(['s'])).toBe(null)
  })

  test('are known without who hears the question and has no lease', async () => {
    const { counter, namespace } = await start({ s: 1 }, { timeoutMs: 500 })
    const link = await openRedis({ target: redisTarget(url), namespace, log: silent })
    closing.push(() => link.close())
    link.subscriber.listen(`${link.channelPrefix}connections`, {
      message: () => {},
      subscribed: () => {},
      unsubscribed: () => {},
    })
    await link.subscriber.stands(`${link.channelPrefix}connections`, 30_000)
    expect(await counter.count(['s'])).toEqual(new Map([['s', 1]]))
  })

  test('are asked for several times at once', async () => {
    const { counter, namespace } = await start({ s: 1, t: 2 })
    const other = await start({ s: 1 }, { namespace })
    const counts = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => (i % 2 === 0 ? counter : other.counter).count(['s', 't'])),
    )
    for (const count of counts) expect(count).toEqual(new Map(Object.entries({ s: 2, t: 2 })))
  })

  test('are not known while Redis is away', async () => {
    const server: RedisServer = await startRedisServer()
    const { counter } = await start({ s: 1 }, { at: server.url, timeoutMs: 500 })
    server.freeze()
    expect(await counter.count(['s'])).toBe(null)
    await server.kill()
    expect(await counter.count(['s'])).toBe(null)
  })

  test('are not known any more once the counter is closed', async () => {
    const { counter } = await start({ s: 1 }, { timeoutMs: 500 })
    await counter.close()
    expect(await counter.count(['s'])).toBe(null)
  })
})
