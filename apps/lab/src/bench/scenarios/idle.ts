import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { type House, openHouse } from '../house.ts'
import { idleCpu } from '../idle-cpu.ts'
import { Crowd } from '../load/crowd.ts'
import { figure, type Ratio, type Row, type Scenario } from '../result.ts'
import type { ServerProcess } from '../server-process.ts'
import { startSubject, type Subject, subjects } from '../subjects.ts'

const RSS = 'RSS a connection, KiB'
const HEAP = 'live heap a connection, KiB'
const CPU = 'CPU of doing nothing, % of a core'
const KIB = 1_024
const WARM = 200
/** One round of pings, s. */
const ROUND = 10
/** Rounds until everybody has his place and what a ping needs is compiled, and rounds that are measured. */
const REST = 3
const MEASURED = 2

const RAW = 'raw ws'
const PINGING = 'raw ws that pings'
const tried: readonly { readonly label: string; readonly subject: Subject }[] = [
  { label: 'Rollcall', subject: subjects.Rollcall },
  { label: RAW, subject: subjects['raw ws'] },
  {
    label: PINGING,
    subject: {
      ...subjects['raw ws'],
      program: fileURLToPath(new URL('../peers/pinging-ws.ts', import.meta.url)),
    },
  },
  { label: 'Socket.IO', subject: subjects['Socket.IO'] },
]

/** What connections cost that do nothing. */
export const idle: Scenario = {
  name: 'idle',
  run: async ({ quick }) => {
    const sizes = quick ? [500] : [1_000, 5_000, 10_000]
    const most = Math.max(...sizes)
    const house = await openHouse({ accounts: most + WARM, visitors: most + WARM })
    try {
      const rows: Row[] = []
      for (const { label, subject } of tried) {
        // oxlint-disable-next-line no-await-in-loop
        rows.push(...(await runSubject(label, subject, house, sizes, quick ? 2 : ROUND)))
      }
      const ratios = [...sizes.flatMap((size) => memoryRatios(rows, size)), ...cpuRatios(rows, most)]
      return { rows, ratios }
    } finally {
      await house.close()
    }
  },
}

async function runSubject(
  label: string,
  subject: Subject,
  house: House,
  sizes: readonly number[],
  round: number,
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
      const cpu = size === sizes.at(-1) ? await restingCpu(server, round) : NaN
      // oxlint-disable-next-line no-await-in-loop
      const live = (await server.heap()) - heap
      rows.push({
        name: rowName(size, label),
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

async function restingCpu(server: ServerProcess, round: number): Promise<number> {
  await sleep(REST * round * 1_000)
  return idleCpu(server, MEASURED * round)
}

function memoryRatios(rows: readonly Row[], size: number): Ratio[] {
  const ratio = (head: string) => valueOf(rows, size, 'Rollcall', head) / valueOf(rows, size, RAW, head)
  const many = size.toLocaleString('en')
  return [
    { title: `RSS a connection at ${many}, to raw ws`, wanted: '≤ 1.5', value: ratio(RSS) },
    { title: `live heap a connection at ${many}, to raw ws`, wanted: '', value: ratio(HEAP) },
  ]
}

function cpuRatios(rows: readonly Row[], size: number): Ratio[] {
  const cpu = (label: string) => valueOf(rows, size, label, CPU)
  return [
    { title: `CPU of ${size.toLocaleString('en')}, % of a core`, wanted: '< 3', value: cpu('Rollcall') },
    { title: `the same, to ${PINGING}`, wanted: '', value: cpu('Rollcall') / cpu(PINGING) },
  ]
}

function valueOf(rows: readonly Row[], size: number, label: string, head: string): number {
  return figure(rows, rowName(size, label), head)
}

function rowName(size: number, label: string): string {
  return `${size.toLocaleString('en')} connections, ${label}`
}
