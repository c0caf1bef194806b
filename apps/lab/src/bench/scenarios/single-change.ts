import { type House, openHouse } from '../house.ts'
import { Crowd, WATCH_ALL } from '../load/crowd.ts'
import { moversFor, runTrial } from '../load/trial.ts'
import { idleCpu } from '../idle-cpu.ts'
import { figure, type Row, type Scenario } from '../result.ts'
import { startSubject, type Subject, type SubjectName, subjects } from '../subjects.ts'

const RATE = 4
/** Before it is measured, so that it is not what is compiled for the first changes. */
const WARM_RATE = 10
const COST = 'CPU a change, ms'
const names = ['Rollcall', 'floor', 'raw ws'] as const

/** One change at a time to all who watch: what a frame to each of them costs. */
export const singleChange: Scenario = {
  name: 'single-change',
  run: async ({ quick }) => {
    const sizes = quick ? [200] : [1_000, 5_000]
    const rows: Row[] = []
    for (const watchers of sizes) {
      // oxlint-disable-next-line no-await-in-loop
      rows.push(...(await runSize(watchers, quick ? 2 : 10)))
    }
    return {
      rows,
      ratios: sizes.map((watchers) => ({
        title: `CPU of a change to ${watchers.toLocaleString('en')} watchers, to the floor`,
        wanted: '≤ 1.15',
        value:
          figure(rows, rowName(watchers, 'Rollcall'), COST) / figure(rows, rowName(watchers, 'floor'), COST),
      })),
    }
  },
}

async function runSize(watchers: number, seconds: number): Promise<Row[]> {
  const people = watchers + moversFor(WARM_RATE)
  const house = await openHouse({ accounts: people, visitors: people })
  try {
    const rows: Row[] = []
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop
      const figures = await runSubject(subjects[name], house, watchers, seconds)
      rows.push({ name: rowName(watchers, name), figures })
    }
    return rows
  } finally {
    await house.close()
  }
}

async function runSubject(
  subject: Subject,
  house: House,
  watchers: number,
  seconds: number,
): Promise<Row['figures']> {
  const server = await startSubject(subject, house.surroundings)
  try {
    const crowd = await Crowd.open({
      subject,
      port: server.port,
      visitors: house.visitors
        .slice(0, watchers)
        .map((visitor) => (subject.name === 'Rollcall' ? visitor : null)),
      watch: () => WATCH_ALL,
    })
    try {
      const movers = house.visitors.slice(watchers)
      const change = (rate: number) => runTrial({ subject, server, crowd, movers, rate, seconds, watchers })
      await change(WARM_RATE)
      const idle = await idleCpu(server, seconds)
      const trial = await change(RATE)
      return {
        [COST]: (trial.cpuPerChange - idle / RATE) * 1e3,
        'CPU of doing nothing, % of a core': idle * 100,
        'p50, ms': trial.p50,
        'p99, ms': trial.p99,
        faults: trial.faults,
      }
    } finally {
      crowd.close()
    }
  } finally {
    await server.stop()
  }
}

function rowName(watchers: number, name: SubjectName): string {
  return `${watchers.toLocaleString('en')} watchers, ${name}`
}
