import { type House, openHouse } from '../house.ts'
import { Crowd, WATCH_ALL } from '../load/crowd.ts'
import { moversFor, runTrial, type Trial } from '../load/trial.ts'
import { figure, type Ratio, type Result, type Row, type Scenario } from '../result.ts'
import { highest } from '../search.ts'
import { startSubject, type Subject, type SubjectName, subjects } from '../subjects.ts'

const LIGHT = 10
const BUSY = 200
const LATEST_MS = 250
const HELD = 'held, changes/s'
const CPU = 'CPU s a million updates, at the most held'
const CPU_BUSY = `the same at ${BUSY}/s`
const P50 = `p50 at ${LIGHT}/s, ms`

/** Where the search begins, as deliveries a second. */
const guesses: Readonly<Record<SubjectName, number>> = {
  Rollcall: 1_750_000,
  'raw ws': 70_000,
  floor: 80_000,
  'Socket.IO': 45_000,
}
/** A process also has to let people in and out. */
const MOST = 1_500
/** Among fewer watchers the most is not looked for: letting in and out is all that counts there. */
const SEARCHED_FROM = 1_000

/** All watch all: how many changes a second reach all screens in time, and what they cost. */
export const fanout: Scenario = {
  name: 'fanout',
  run: async ({ quick }) => {
    const rows: Row[] = []
    for (const watchers of quick ? [100] : [100, 1_000, 5_000]) {
      // oxlint-disable-next-line no-await-in-loop
      rows.push(...(await runSize(watchers, quick)))
    }
    return { rows, ratios: ratios(rows) } satisfies Result
  },
}

async function runSize(watchers: number, quick: boolean): Promise<Row[]> {
  const people = watchers + moversFor(MOST)
  const house = await openHouse({ accounts: people, visitors: people })
  try {
    const rows: Row[] = []
    for (const subject of Object.values(subjects)) {
      // oxlint-disable-next-line no-await-in-loop
      const figures = await runSubject(subject, house, watchers, quick)
      rows.push({ name: rowName(watchers, subject.name), figures })
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
  quick: boolean,
): Promise<Row['figures']> {
  const server = await startSubject(subject, house.surroundings)
  const isOurs = subject.name === 'Rollcall'
  try {
    const crowd = await Crowd.open({
      subject,
      port: server.port,
      visitors: house.visitors.slice(0, watchers).map((visitor) => (isOurs ? visitor : null)),
      watch: () => WATCH_ALL,
    })
    const movers = house.visitors.slice(watchers)
    const seconds = quick ? 2 : 4
    const trial = (rate: number) => runTrial({ subject, server, crowd, movers, rate, seconds, watchers })
    try {
      // The first time, each compiles what it runs.
      await trial(LIGHT)
      const light = await trial(LIGHT)
      const busy = isOurs ? await trial(BUSY) : undefined
      const best = await highest({
        first: Math.min(guesses[subject.name] / watchers, MOST),
        most: MOST,
        tries: triesAmong(watchers, quick),
        attempt: async (rate) => {
          const tried = await trial(rate)
          return isHeld(tried) && crowd.lost === 0 ? tried : null
        },
      })
      return {
        [HELD]: best?.rate ?? NaN,
        [P50]: light.p50,
        [`p50 of departures at ${LIGHT}/s, ms`]: light.departureP50,
        [`p99 at ${LIGHT}/s, ms`]: light.p99,
        [CPU]: perMillion(best, watchers),
        [CPU_BUSY]: perMillion(busy, watchers),
        'faults at the light load': light.faults,
      }
    } finally {
      crowd.close()
    }
  } finally {
    await server.stop()
  }
}

function isHeld({ p99, faults }: Trial): boolean {
  return p99 < LATEST_MS && faults === 0
}

function perMillion(trial: Trial | null | undefined, watchers: number): number {
  return ((trial?.cpuPerChange ?? NaN) / watchers) * 1e6
}

function rowName(watchers: number, name: SubjectName): string {
  return `${watchers.toLocaleString('en')} watchers, ${name}`
}

function ratios(rows: readonly Row[]): Ratio[] {
  const wanted: Record<number, string> = { 1_000: '≥ 8', 5_000: '≥ 20' }
  const of = (watchers: number, name: SubjectName, head: string) =>
    figure(rows, rowName(watchers, name), head)
  return [100, 1_000, 5_000]
    .filter((watchers) => !Number.isNaN(of(watchers, 'Rollcall', P50)))
    .flatMap((watchers) => [
      {
        title: `changes/s held by ${watchers.toLocaleString('en')} watchers, to raw ws`,
        wanted: wanted[watchers] ?? '',
        value: of(watchers, 'Rollcall', HELD) / of(watchers, 'raw ws', HELD),
      },
      {
        title: `p50 at ${LIGHT}/s, ${watchers.toLocaleString('en')} watchers, to raw ws`,
        wanted: '≤ 1.5',
        value: of(watchers, 'Rollcall', P50) / of(watchers, 'raw ws', P50),
      },
      {
        title: `CPU a screen update at ${BUSY}/s, ${watchers.toLocaleString('en')} watchers, to raw ws at its most`,
        wanted: watchers === 1_000 ? '≤ 0.2' : '',
        value: of(watchers, 'Rollcall', CPU_BUSY) / of(watchers, 'raw ws', CPU),
      },
    ])
}

function triesAmong(watchers: number, quick: boolean): number {
  if (quick) return 3
  return watchers < SEARCHED_FROM ? 0 : 7
}
