import { afterAll, beforeAll, test } from 'vitest'

import { type House, openHouse } from './house.ts'
import { Crowd, WATCH_ALL } from './load/crowd.ts'
import { Ledger } from './load/ledger.ts'
import { Traffic } from './load/traffic.ts'
import type { ServerProcess } from './server-process.ts'
import { startSubject, type SubjectName, subjects } from './subjects.ts'

/** Who watches all, who looks at two who move, who looks at some who do not, and who watches nobody. */
const EACH = 15
const MOVERS = 40
const CONNECTIONS = 400
const DEADLINE_MS = 30_000

let house: House

beforeAll(async () => {
  const databaseUrl = process.env['DATABASE_URL']
  if (databaseUrl === undefined) throw new Error('DATABASE_URL is missing: npm test sets it.')
  const people = 4 * EACH + MOVERS + CONNECTIONS
  house = await openHouse({ accounts: people, visitors: people, databaseUrl })
})
afterAll(() => house.close())

test.concurrent('P10 what a connection is told follows what it watches', async ({ expect }) => {
  const subject = subjects.Rollcall
  const server = await startSubject(subject, house.surroundings)
  const crowds: Crowd[] = []
  let taken = 0
  const enter = async (watch: (() => string) | null): Promise<{ frames: number; bytes: number }> => {
    const visitors = house.visitors.slice(taken, (taken += EACH))
    const crowd = await Crowd.open({ subject, port: server.port, visitors, watch })
    crowds.push(crowd)
    const heard = { frames: 0, bytes: 0 }
    crowd.listener = (_index, { kind }, bytes) => {
      if (kind !== 'changes') return
      heard.frames++
      heard.bytes += bytes
    }
    return heard
  }
  const movers = house.visitors.slice(-MOVERS)
  const lookAt = (people: House['visitors']) => () =>
    JSON.stringify({ type: 'watch', users: people.map(({ id }) => id) })
  try {
    const silent = await enter(null)
    const others = await enter(lookAt(house.visitors.slice(0, 5)))
    const few = await enter(lookAt(movers.slice(0, 2)))
    const all = await enter(() => WATCH_ALL)
    const ledger = new Ledger(EACH)
    const count = crowds[3]!.listener
    crowds[3]!.listener = (index, heard, bytes) => {
      count(index, heard, bytes)
      ledger.told(index, heard, performance.now())
    }
    for (const heard of [silent, others, few, all]) Object.assign(heard, { frames: 0, bytes: 0 })

    const traffic = new Traffic({ subject, port: server.port, movers, ledger })
    await traffic.fill(40)
    await expect.poll(() => ledger.wronged(), { timeout: DEADLINE_MS }).toBe(0)
    await expect.poll(() => few.frames, { timeout: DEADLINE_MS }).toBeGreaterThan(0)
    traffic.close()

    const came = MOVERS / 2
    expect([silent.frames, others.frames, ledger.unexpected, ledger.skips]).toEqual([0, 0, 0, 0])
    expect(all.frames).toBeLessThanOrEqual(came * EACH)
    expect(few.frames).toBeLessThanOrEqual(2 * EACH)
    // Two of twenty, and room for what every frame has in common.
    expect(few.bytes / all.bytes).toBeLessThan(0.4)
  } finally {
    for (const crowd of crowds) crowd.close()
    await server.stop()
  }
})

test.concurrent('a quiet connection holds little more memory than one of a program that knows nothing', async ({
  expect,
}) => {
  const [ours, theirs] = await Promise.all([heapOf('Rollcall'), heapOf('raw ws')])
  expect(ours / theirs).toBeLessThan(3)
  expect(theirs).toBeGreaterThan(0)
})

/** Bytes that live for each connection. */
async function heapOf(name: SubjectName): Promise<number> {
  const subject = subjects[name]
  const server = await startSubject(subject, house.surroundings)
  const crowds: Crowd[] = []
  try {
    const enter = async (from: number, to: number): Promise<number> => {
      const visitors = house.visitors.slice(from, to)
      crowds.push(await Crowd.open({ subject, port: server.port, visitors, watch: null }))
      return settledHeap(server)
    }
    const few = await enter(0, CONNECTIONS / 4)
    const many = await enter(CONNECTIONS / 4, CONNECTIONS)
    return (many - few) / (CONNECTIONS * 0.75)
  } finally {
    for (const crowd of crowds) crowd.close()
    await server.stop()
  }
}

/** The least of several looks: what is under way is not kept. */
async function settledHeap(server: ServerProcess): Promise<number> {
  const looks: number[] = []
  // oxlint-disable-next-line no-await-in-loop
  while (looks.length < 3) looks.push(await server.heap())
  return Math.min(...looks)
}
