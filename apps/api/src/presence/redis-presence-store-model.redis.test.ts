import { MemoryPresenceStore, type Notice, type PresenceStore } from '@rollcall/presence'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openRedis, type RedisLink } from '../platform/redis.ts'
import { newId, PATIENT_MS, redisTarget, silent } from '../testing/tested-redis-store.ts'
import { RedisPresenceStore } from './redis-presence-store.ts'

const url = process.env['REDIS_URL']
if (url === undefined) throw new Error('REDIS_URL is not set: npm test sets it')

/** Times are the clocks' own, and the one thing in which the stores differ. */
const LEASE = { leaseMs: 600_000, graceMs: 300_000 }

let link: RedisLink
beforeAll(async () => {
  link = await openRedis({
    target: redisTarget(url),
    namespace: `test-${newId()}`,
    log: silent,
    commandTimeoutMs: PATIENT_MS,
  })
})
afterAll(async () => {
  const keys = await link.commands.keys(`${link.prefix}*`)
  if (keys.length > 0) await link.commands.unlink(...keys)
  link.close()
})

const incarnation = fc.constantFrom('a', 'b', 'ab', 'b.a')
const id = fc.constantFrom('u1', 'u2', 'u3', 'u 4', 'ü5', '6\n')
const name = fc.oneof(
  fc.constantFrom('Ann', 'ann', 'a b\nc', ''),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const person = fc.record({ id, name })
const notice: fc.Arbitrary<Notice> = fc.oneof(
  fc.record({ kind: fc.constantFrom('added' as const, 'removed' as const), id, name }),
  fc.record({ kind: fc.constant('ended' as const), id, session: fc.string({ minLength: 1, maxLength: 4 }) }),
)

const batch = fc.record({
  incarnation,
  number: fc.integer({ min: 1, max: 40 }),
  holds: fc.array(person, { maxLength: 5 }),
  releases: fc.array(id, { maxLength: 5 }),
  notices: fc.array(notice, { maxLength: 2 }),
})

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ask: fc.constant('apply' as const), batch }) },
  {
    weight: 4,
    arbitrary: fc.record({ ask: fc.constant('beat' as const), incarnation, joins: fc.boolean() }),
  },
  fc.record({ ask: fc.constantFrom('leave' as const, 'release' as const), incarnation }),
  fc.record({ ask: fc.constant('log' as const), after: fc.integer({ min: 0, max: 60 }) }),
  fc.record({ ask: fc.constant('snapshot' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take(step: Step, store: PresenceStore, epoch: string): Promise<unknown> {
  switch (step.ask) {
    case 'apply':
      return store.apply({ epoch, ...step.batch })
    case 'beat':
      return store.beat({ epoch, ...LEASE, incarnation: step.incarnation, joins: step.joins })
    case 'leave':
      return store.leave(epoch, step.incarnation)
    case 'release':
      return store.release(epoch, step.incarnation)
    case 'log':
      return store.log(epoch, step.after)
    case 'snapshot': {
      const answer = await store.snapshot(epoch)
      if (answer.result === 'lost') return answer
      return { ...answer, online: answer.online.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }
    }
  }
}

test('Redis answers as the memory store does, whatever is asked in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const redis = new RedisPresenceStore({ link, newId, log: silent })
      const memory = new MemoryPresenceStore({ now: () => 0, newId })
      const epochs = { redis: await redis.begin(await redis.epoch()), memory: await memory.begin(null) }
      for (const [i, each] of steps.entries()) {
        const told = await take(each, redis, epochs.redis)
        const expected = await take(each, memory, epochs.memory)
        expect(timeless(told), `step ${i}`).toEqual(timeless(expected))
      }
    }),
    { numRuns: 150 },
  )
})

/** An answer without times and epochs. */
function timeless(answer: unknown): unknown {
  const text = JSON.stringify(answer, (key, value: unknown) =>
    key === 'at' || key === 'epoch' ? null : value,
  )
  return text === undefined ? null : JSON.parse(text)
}
