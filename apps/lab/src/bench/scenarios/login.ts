import { type House, openHouse } from '../house.ts'
import { Crowd, WATCH_ALL } from '../load/crowd.ts'
import { LogIns } from '../load/log-ins.ts'
import { moversFor, runTrial } from '../load/trial.ts'
import { figure, type Row, type Scenario } from '../result.ts'
import type { ServerProcess } from '../server-process.ts'
import { startSubject, subjects } from '../subjects.ts'

const WATCHERS = 100
const RATE = 10
const PEOPLE = 20
const P99 = 'p99 of changes, ms'
const ASKED = '100 log-ins/s asked for'

const loads: Readonly<Record<string, (logIns: LogIns) => Promise<void>>> = {
  'nobody logs in': async () => {},
  [ASKED]: (logIns) => logIns.at(100),
  '16 log in at a time, again and again': (logIns) => logIns.closely(16),
}

/** What log-ins do to those who are in already. */
export const login: Scenario = {
  name: 'login',
  run: async ({ quick }) => {
    const people = WATCHERS + moversFor(RATE)
    const house = await openHouse({ accounts: people, visitors: people })
    try {
      const server = await startSubject(subjects.Rollcall, house.surroundings)
      try {
        const rows = await runLoads(server, house, quick ? 2 : 15)
        const value = figure(rows, ASKED, P99)
        return { rows, ratios: [{ title: `${P99}, while ${ASKED}`, wanted: '< 100', value }] }
      } finally {
        await server.stop()
      }
    } finally {
      await house.close()
    }
  },
}

async function runLoads(server: ServerProcess, house: House, seconds: number): Promise<Row[]> {
  const subject = subjects.Rollcall
  const crowd = await Crowd.open({
    subject,
    port: server.port,
    visitors: house.visitors.slice(0, WATCHERS),
    watch: () => WATCH_ALL,
  })
  try {
    const rows: Row[] = []
    for (const [name, load] of Object.entries(loads)) {
      // oxlint-disable-next-line no-await-in-loop
      rows.push({ name, figures: await underLoad(load) })
    }
    return rows
  } finally {
    crowd.close()
  }

  async function underLoad(load: (logIns: LogIns) => Promise<void>): Promise<Row['figures']> {
    const logIns = await LogIns.open(server.port, PEOPLE)
    await crowd.settle()
    const begun = performance.now()
    const loaded = load(logIns)
    const movers = house.visitors.slice(WATCHERS)
    const trial = await runTrial({
      subject,
      server,
      crowd,
      movers,
      rate: RATE,
      seconds,
      watchers: WATCHERS,
    })
    const took = (performance.now() - begun) / 1_000
    const [done, refused] = [logIns.done, logIns.refused]
    logIns.end()
    await loaded
    return {
      'log-ins/s': done / took,
      'refused/s': refused / took,
      'p50 of changes, ms': trial.p50,
      [P99]: trial.p99,
      faults: trial.faults,
    }
  }
}
