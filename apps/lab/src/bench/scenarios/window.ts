import { type House, openHouse } from '../house.ts'
import { idleCpu } from '../idle-cpu.ts'
import { Crowd, WATCH_ALL, WATCH_NOBODY } from '../load/crowd.ts'
import { moversFor, runTrial } from '../load/trial.ts'
import { seededRandom } from '../../names.ts'
import { figure, type Row, type Scenario } from '../result.ts'
import { startSubject, subjects } from '../subjects.ts'
import { watchList } from '../watch-list.ts'

const RATE = 200
/** So few changes a second that no two of them share a frame. */
const LONE_RATE = 4
const LOOKS_AT = 50
const CPU = 'CPU a change, ms'
const OWN = 'of that for telling, ms'
const NOBODY = 'nobody watches'
const WINDOWS = `each looks at ${LOOKS_AT}`
const ALL = 'all watch all'
const ALONE = 'all watch all, no two told together'
/** So often each is measured. The two that differ least lie close together, and either comes first. */
const TURNS = 2
const ORDER = [NOBODY, WINDOWS, ALL, ALONE, WINDOWS, NOBODY]

/** Many accounts, and watchers who each look at some of them. */
export const window: Scenario = {
  name: 'window',
  run: async ({ quick }) => {
    const accounts = quick ? 5_000 : 100_000
    const watchers = quick ? 250 : 5_000
    const seconds = quick ? 2 : 10
    const house = await openHouse({ accounts, visitors: accounts })
    try {
      const rows = await measure(house, watchers, seconds, quick ? 1 : TURNS)
      return { rows: withTelling(rows), ratios: ratios(rows) }
    } finally {
      await house.close()
    }
  },
}

/** In turns, before the same process and the same watchers: telling a few costs less than two processes differ. */
async function measure(house: House, watchers: number, seconds: number, turns: number): Promise<Row[]> {
  const subject = subjects.Rollcall
  const server = await startSubject(subject, house.surroundings)
  const random = seededRandom(1)
  const lists = Array.from({ length: watchers }, () => watchList(house.visitors, LOOKS_AT, random))
  const watchAll = () => WATCH_ALL
  const watch: Record<string, (index: number) => string> = {
    [NOBODY]: () => WATCH_NOBODY,
    [WINDOWS]: (index) => lists[index]?.message ?? '',
    [ALL]: watchAll,
    [ALONE]: watchAll,
  }
  try {
    const crowd = await Crowd.open({
      subject,
      port: server.port,
      visitors: house.visitors.slice(0, watchers),
      watch: () => WATCH_NOBODY,
    })
    const turn = async (name: string): Promise<Row> => {
      await crowd.watch(watch[name] ?? (() => ''))
      const rate = name === ALONE ? LONE_RATE : RATE
      // Beside so few changes, doing nothing is not little.
      const idle = name === ALONE ? await idleCpu(server, seconds) : 0
      let [frames, bytes, foreign] = [0, 0, 0]
      const trial = await runTrial({
        subject,
        server,
        crowd,
        movers: house.visitors.slice(watchers, watchers + moversFor(rate)),
        rate,
        seconds,
        watchers: watch[name] === watchAll ? watchers : 0,
        overhear: (index, heard, size) => {
          frames++
          bytes += size
          if (name === WINDOWS && heard.kind === 'changes')
            foreign += heard.changes.filter((change) => lists[index]?.names.has(change.name) !== true).length
        },
      })
      return {
        name,
        figures: {
          [CPU]: (trial.cpuPerChange - idle / rate) * 1e3,
          'frames a watcher a second': frames / watchers / seconds,
          'bytes a watcher a second': bytes / watchers / seconds,
          'told of whom nobody looks at': foreign,
        },
      }
    }
    try {
      // What is compiled for the first changes is nobody's.
      await turn(NOBODY)
      const rows: Row[] = []
      for (let n = 0; n < turns; n++) {
        for (const name of ORDER) {
          // oxlint-disable-next-line no-await-in-loop
          rows.push(await turn(name))
        }
      }
      return [NOBODY, WINDOWS, ALL, ALONE].map((name) => mean(rows, name))
    } finally {
      crowd.close()
    }
  } finally {
    await server.stop()
  }
}

/** Of the rows of a name. */
function mean(rows: readonly Row[], name: string): Row {
  const own = rows.filter((row) => row.name === name)
  const heads = Object.keys(own[0]?.figures ?? {})
  const of = (head: string) => own.reduce((sum, row) => sum + (row.figures[head] ?? NaN), 0) / own.length
  return { name, figures: Object.fromEntries(heads.map((head) => [head, of(head)])) }
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
  const ratio = (head: string, other: string) => figure(full, WINDOWS, head) / figure(full, other, head)
  return [
    { title: 'CPU a change, to all watching all', wanted: '', value: ratio(CPU, ALL) },
    { title: 'the same, of telling alone', wanted: '≤ 0.02', value: ratio(OWN, ALL) },
    { title: `CPU a change, to ${ALONE}`, wanted: '', value: ratio(CPU, ALONE) },
    { title: 'the same, of telling alone, to no two told together', wanted: '', value: ratio(OWN, ALONE) },
  ]
}
