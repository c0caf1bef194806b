import { setTimeout as sleep } from 'node:timers/promises'

import { type House, openHouse } from '../house.ts'
import { FrameBook } from '../load/frame-book.ts'
import { newTally, Returner } from '../load/returner.ts'
import { figure, type Row, type Scenario } from '../result.ts'
import { median } from '../statistics.ts'
import { startSubject, type Subject, subjects } from '../subjects.ts'

const ENTER_AT_ONCE = 50
const LOOK_MS = 50
const QUIET_MS = 2_000
const TIME = 'all right and quiet after, s'
const names = ['Rollcall', 'Socket.IO'] as const

/** All watch all, the server dies and is started again, and all come back. */
export const storm: Scenario = {
  name: 'storm',
  run: async ({ quick }) => {
    const people = quick ? 150 : 3_000
    const longestMs = quick ? 60_000 : 120_000
    const house = await openHouse({ accounts: people, visitors: people })
    try {
      const rows: Row[] = []
      for (const name of names) {
        // oxlint-disable-next-line no-await-in-loop
        rows.push({ name, figures: await runSubject(subjects[name], house, longestMs) })
      }
      return { rows, ratios: ratios(rows) }
    } finally {
      await house.close()
    }
  },
}

async function runSubject(subject: Subject, house: House, longestMs: number): Promise<Row['figures']> {
  const first = await startSubject(subject, house.surroundings)
  const book = new FrameBook(subject.dialect.read)
  const places = new Map(house.visitors.map(({ name }, place) => [name, place]))
  const crowd = house.visitors.map(
    (visitor) => new Returner({ subject, port: first.port, visitor, book, places }),
  )
  let server = first
  try {
    await enter(crowd, longestMs)
    await first.kill()
    for (const returner of crowd) returner.tally = newTally()
    const begun = performance.now()
    server = await startSubject(subject, house.surroundings, first.port)
    await server.stall()
    const ready = performance.now()
    const isOver = await settle(crowd, begun + longestMs)
    const last = Math.max(...crowd.map(({ newsAt }) => newsAt))
    const tallies = crowd.map(({ tally }) => tally)
    return {
      [TIME]: isOver ? (last - begun) / 1_000 : Infinity,
      'of that until it listens again, s': (ready - begun) / 1_000,
      'messages a client': median(tallies.map(({ messages }) => messages)),
      'bytes a client': median(tallies.map(({ bytes }) => bytes)),
      'most `welcome` and `snapshot` to one': Math.max(...tallies.map(({ answers }) => answers)),
      'most frames of changes to one in a second': Math.max(...tallies.map((tally) => tally.mostInASecond)),
      'longest stall, ms': await server.stall(),
      'screens right at the end, %': (crowd.filter(({ isRight }) => isRight).length / crowd.length) * 100,
    }
  } finally {
    for (const returner of crowd) returner.close()
    await server.kill()
  }
}

/** In small groups, so that also a server that minds a crowd gets there. */
async function enter(crowd: readonly Returner[], longestMs: number): Promise<void> {
  for (let from = 0; from < crowd.length; from += ENTER_AT_ONCE) {
    for (const returner of crowd.slice(from, from + ENTER_AT_ONCE)) returner.connect()
    // oxlint-disable-next-line no-await-in-loop
    await sleep(LOOK_MS)
  }
  await settle(crowd, performance.now() + longestMs)
}

/** @returns whether all screens were right, and nothing was told any more, in time */
async function settle(crowd: readonly Returner[], deadline: number): Promise<boolean> {
  for (;;) {
    const now = performance.now()
    if (crowd.every(({ isRight, newsAt }) => isRight && now - newsAt > QUIET_MS)) return true
    if (now > deadline) return false
    // oxlint-disable-next-line no-await-in-loop
    await sleep(LOOK_MS)
  }
}

function ratios(rows: readonly Row[]) {
  const time = (name: string) => figure(rows, name, TIME)
  return [
    {
      title: 'sooner right and quiet than Socket.IO, times',
      wanted: '≥ 10',
      value: time('Socket.IO') / time('Rollcall'),
    },
  ]
}
