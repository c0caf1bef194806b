import { type House, openHouse } from '../house.ts'
import { idleCpu } from '../idle-cpu.ts'
import { Crowd } from '../load/crowd.ts'
import { figure, type Row, type Scenario } from '../result.ts'
import { startSubject, type Subject, type SubjectName, subjects } from '../subjects.ts'

const RSS = 'RSS a connection, KiB'
const HEAP = 'live heap a connection, KiB'
const CPU = 'CPU of doing nothing, % of a core'
const KIB = 1_024
const WARM = 200

const names = ['Rollcall', 'raw ws', 'Socket.IO'] as const

/** What connections cost that do nothing. */
export const idle: Scenario = {
  name: 'idle',
  run: async ({ quick }) => {
    const sizes = quick ? [500] : [1_000, 5_000, 10_000]
    const most = Math.max(...sizes)
    const house = await openHouse({ accounts: most + WARM, visitors: most + WARM })
    try {
      const rows: Row[] = []
      for (const name of names) {
        // oxlint-disable-next-line no-await-in-loop
        rows.push(...(await runSubject(subjects[name], house, sizes, quick ? 3 : 12)))
      }
      return { rows, ratios: sizes.flatMap((size) => ratiosOf(rows, size)) }
    } finally {
      await house.close()
    }
  },
}

async function runSubject(
  subject: Subject,
  house: House,
  sizes: readonly number[],
  seconds: number,
): Promise<Row[]> {
  const server = await startSubject(subject, house.surroundings)
  const crowds: Crowd[] = []
  const enter = async (from: number, to: number) => {
    const visitors = house.visitors.slice(from, to)
    crowds.push(await Crowd.open({ subject, port: server.port, visitors, watch: null }))
  }
  try {
    // What is loaded and compiled for the first connections is not theirs.
    await enter(0, WARM)
    let there = WARM
    const heap = await server.heap()
    const rss = server.rss()
    const rows: Row[] = []
    for (const size of sizes) {
      // oxlint-disable-next-line no-await-in-loop
      await enter(there, WARM + size)
      there = WARM + size
      const grown = server.rss() - rss
      // oxlint-disable-next-line no-await-in-loop
      const cpu = await idleCpu(server, seconds)
      // oxlint-disable-next-line no-await-in-loop
      const live = (await server.heap()) - heap
      rows.push({
        name: rowName(size, subject.name),
        figures: {
          [RSS]: grown / size / KIB,
          [HEAP]: live / size / KIB,
          [CPU]: cpu * 100,
          'lost connections': crowds.reduce((lost, crowd) => lost + crowd.lost, 0),
        },
      })
    }
    return rows
  } finally {
    for (const crowd of crowds) crowd.close()
    await server.stop()
  }
}

function ratiosOf(rows: readonly Row[], size: number) {
  const of = (name: SubjectName, head: string) => figure(rows, rowName(size, name), head)
  const many = size.toLocaleString('en')
  return [
    {
      title: `RSS a connection at ${many}, to raw ws`,
      wanted: '≤ 1.5',
      value: of('Rollcall', RSS) / of('raw ws', RSS),
    },
    {
      title: `live heap a connection at ${many}, to raw ws`,
      wanted: '',
      value: of('Rollcall', HEAP) / of('raw ws', HEAP),
    },
  ]
}

function rowName(size: number, name: SubjectName): string {
  return `${size.toLocaleString('en')} connections, ${name}`
}
