import { type House, openHouse } from '../house.ts'
import { Crowd, WATCH_ALL } from '../load/crowd.ts'
import { moversFor, runTrial } from '../load/trial.ts'
import { seededRandom } from '../../names.ts'
import { figure, type Row, type Scenario } from '../result.ts'
import { startSubject, subjects } from '../subjects.ts'
import { watchList } from '../watch-list.ts'

const RATE = 200
const LOOKS_AT = 50
const CPU = 'CPU a change, ms'
const OWN = 'of that for telling, ms'
const NOBODY = 'nobody watches'
const WINDOWS = `each looks at ${LOOKS_AT}`
const ALL = 'all watch all'

/** Many accounts, and watchers who each look at some of them. */
export const window: Scenario = {
  name: 'window',
  run: async ({ quick }) => {
    const accounts = quick ? 5_000 : 100_000
    const watchers = quick ? 250 : 5_000
    const seconds = quick ? 2 : 10
    const house = await openHouse({ accounts, visitors: accounts })
    try {
      const rows: Row[] = []
      for (const name of [NOBODY, WINDOWS, ALL]) {
        // oxlint-disable-next-line no-await-in-loop
        rows.push({ name, figures: await measure(house, name, watchers, seconds) })
      }
      return { rows: withTelling(rows), ratios: ratios(rows) }
    } finally {
      await house.close()
    }
  },
}

async function measure(
  house: House,
  name: string,
  watchers: number,
  seconds: number,
): Promise<Row['figures']> {
  const subject = subjects.Rollcall
  const server = await startSubject(subject, house.surroundings)
  const random = seededRandom(1)
  const lists = Array.from({ length: watchers }, () => watchList(house.visitors, LOOKS_AT, random))
  const watch: Record<string, ((index: number) => string) | null> = {
    [NOBODY]: null,
    [WINDOWS]: (index) => lists[index]?.message ?? '',
    [ALL]: () => WATCH_ALL,
  }
  try {
    const crowd = await Crowd.open({
      subject,
      port: server.port,
      visitors: house.visitors.slice(0, watchers),
      watch: watch[name] ?? null,
    })
    try {
      let [frames, bytes, foreign] = [0, 0, 0]
      const trial = await runTrial({
        subject,
        server,
        crowd,
        movers: house.visitors.slice(watchers, watchers + moversFor(RATE)),
        rate: RATE,
        seconds,
        watchers: name === ALL ? watchers : 0,
        overhear: (index, heard, size) => {
          frames++
          bytes += size
          if (name === WINDOWS && heard.kind === 'changes')
            foreign += heard.changes.filter((change) => lists[index]?.names.has(change.name) !== true).length
        },
      })
      return {
        [CPU]: trial.cpuPerChange * 1e3,
        'frames a watcher a second': frames / watchers / seconds,
        'bytes a watcher a second': bytes / watchers / seconds,
        'told of whom nobody looks at': foreign,
      }
    } finally {
      crowd.close()
    }
  } finally {
    await server.stop()
  }
}

/** Whoever comes must be let in, whoever watches. */
function withTelling(rows: readonly Row[]): Row[] {
  return rows.map(({ name, figures }) => ({
    name,
    figures: { ...figures, [OWN]: (figures[CPU] ?? NaN) - figure(rows, NOBODY, CPU) },
  }))
}

function ratios(rows: readonly Row[]) {
  const full = withTelling(rows)
  const ratio = (head: string) => figure(full, WINDOWS, head) / figure(full, ALL, head)
  return [
    { title: 'CPU a change, to all watching all', wanted: '', value: ratio(CPU) },
    { title: 'the same, of telling alone', wanted: '≤ 0.02', value: ratio(OWN) },
  ]
}
