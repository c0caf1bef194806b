import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

import { type ChaosArguments, readChaosArguments } from './chaos-arguments.ts'
import type { Fault } from './fault.ts'
import { faults } from './faults/index.ts'
import { reliabilityPage } from './report.ts'
import { runFault, type RunOptions, type RunResult } from './run-fault.ts'
import { Services } from './services.ts'
import { DEFAULT_TIMING } from './timing.ts'
import { twins } from './twins.ts'

const TWIN = fileURLToPath(new URL('twin-main.ts', import.meta.url))
const PAGE = fileURLToPath(new URL('../../../../docs/reliability.md', import.meta.url))

const help = `pnpm chaos [--runs N] [--only a,b] [--lanes N] [--seed N] [--twins]

Harms a running system in every way of the list, and writes what was measured to docs/reliability.md when all were run.
  --runs N   how often each (1)
  --only     some of them: ${faults.map(({ name }) => name).join(', ')}
  --lanes N  how many at a time, each with services of its own (1)
  --seed N   repeats what is left to chance
  --twins    runs products that lack a defence instead, which must fail`

process.setMaxListeners(0)
// What was started ends with this process, by its handlers of `exit`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const wish = readChaosArguments(
    args,
    faults.map(({ name }) => name),
    Math.random,
  )
  switch (wish.kind) {
    case 'help':
      console.log(help)
      return 0
    case 'fault':
      console.error(wish.fault)
      return 1
    case 'run':
      console.log(`seed ${wish.seed}`)
      return wish.isTwins ? runTwins(wish) : runFaults(wish)
  }
}

type Wish = Extract<ChaosArguments, { kind: 'run' }>

/** @returns the exit code: 1 when a promise was broken */
async function runFaults(wish: Wish): Promise<number> {
  const chosen = faults.filter(({ name }) => wish.only.length === 0 || wish.only.includes(name))
  const all = chosen.map((fault) => ({ fault, results: [] as RunResult[] }))
  await inLanes(
    wish.lanes,
    Array.from({ length: wish.runs }, (_, run) =>
      all.map((each) => ({ ...each, seed: wish.seed + run })),
    ).flat(),
    async ({ fault, results, seed }, services) => {
      const result = await runOne(fault, { services, timing: DEFAULT_TIMING, seed })
      results.push(result)
      tell(result)
    },
  )
  const page = reliabilityPage(all, twins, DEFAULT_TIMING, `${cpus().length} cores`)
  if (wish.only.length === 0) await writeFile(PAGE, page)
  else console.log(page.slice(page.indexOf('| fault')))
  return all.every(({ results }) => results.every(({ problems }) => problems.length === 0)) ? 0 : 1
}

/** @returns the exit code: 1 when a product without a defence passed for right */
async function runTwins(wish: Wish): Promise<number> {
  const chosen = twins.filter(({ fault }) => wish.only.length === 0 || wish.only.includes(fault))
  let unnoticed = 0
  const all = Array.from({ length: wish.runs }, (_, run) =>
    chosen.map((twin) => ({ twin, seed: wish.seed + run })),
  ).flat()
  await inLanes(wish.lanes, all, async ({ twin, seed }, services) => {
    const fault = faults.find(({ name }) => name === twin.fault)
    if (fault === undefined) throw new Error(`There is no fault ${twin.fault}.`)
    const program = [TWIN, twin.name]
    const result = await runOne(fault, { services, timing: DEFAULT_TIMING, seed, program })
    const isNoticed = result.problems.some((problem) => twin.bites.test(problem))
    if (!isNoticed) unnoticed++
    console.log(`${isNoticed ? 'bites  ' : 'UNSEEN '} ${twin.fault} without ${twin.without}`)
    for (const problem of result.problems.slice(0, 3)) console.log(`         ${problem}`)
  })
  return unnoticed === 0 ? 0 : 1
}

/** Each lane, with services of its own, takes the next that nobody has begun. */
async function inLanes<T>(
  lanes: number,
  all: readonly T[],
  run: (item: T, services: Services) => Promise<void>,
): Promise<void> {
  const left = [...all]
  await Promise.all(
    Array.from({ length: Math.min(lanes, left.length) }, async () => {
      const services = await Services.start()
      try {
        // oxlint-disable-next-line no-await-in-loop
        for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next, services)
      } finally {
        await services.stop()
      }
    }),
  )
}

/** A run that could not be carried through is one that failed. */
async function runOne(fault: Fault, options: RunOptions): Promise<RunResult> {
  try {
    return await runFault(fault, options)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return {
      fault: fault.name,
      seed: options.seed,
      measures: [],
      wrongOfflines: 0,
      memory: 0,
      problems: [problem],
    }
  }
}

function tell({ fault, seed, measures, problems, memory }: RunResult): void {
  const measured = measures.map(({ what, value, unit }) => `${what} ${Math.round(value)} ${unit}`).join(', ')
  console.log(
    `${problems.length === 0 ? 'kept  ' : 'BROKEN'} ${fault} (seed ${seed}): ${measured} · ${Math.round(memory)} MiB`,
  )
  for (const problem of problems) console.log(`         ${problem}`)
}
