import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

import { readChaosArguments } from './chaos-arguments.ts'
import type { Fault } from './fault.ts'
import { faults } from './faults/index.ts'
import { type FaultResults, reliabilityPage } from './report.ts'
import { runFault, type RunResult } from './run-fault.ts'
import { Services } from './services.ts'
import { DEFAULT_TIMING } from './timing.ts'

const PAGE = fileURLToPath(new URL('../../../../docs/reliability.md', import.meta.url))

const help = `pnpm chaos [--runs N] [--only a,b] [--lanes N] [--seed N]

Harms a running system in every way of the list, and writes what was measured to docs/reliability.md when all were run.
  --runs N   how often each (1)
  --only     some of them: ${faults.map(({ name }) => name).join(', ')}
  --lanes N  how many at a time, each with services of its own (1)
  --seed N   repeats what is left to chance`

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
    case 'run': {
      const chosen = faults.filter(({ name }) => wish.only.length === 0 || wish.only.includes(name))
      console.log(`seed ${wish.seed}`)
      const all = await runAll(chosen, wish)
      const page = reliabilityPage(all, DEFAULT_TIMING, `${cpus().length} cores`)
      if (wish.only.length === 0) await writeFile(PAGE, page)
      else console.log(page.slice(page.indexOf('| fault')))
      return all.every(({ results }) => results.every(({ problems }) => problems.length === 0)) ? 0 : 1
    }
  }
}

interface Plan {
  readonly runs: number
  readonly lanes: number
  readonly seed: number
}

/** Each lane takes the next run that nobody has begun. */
async function runAll(chosen: readonly Fault[], { runs, lanes, seed }: Plan): Promise<FaultResults[]> {
  const all = chosen.map((fault) => ({ fault, results: [] as RunResult[] }))
  const left = Array.from({ length: runs }, (_, run) =>
    all.map(({ fault, results }) => ({ fault, results, seed: seed + run })),
  ).flat()
  await Promise.all(
    Array.from({ length: Math.min(lanes, left.length) }, async () => {
      const services = await Services.start()
      try {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          // oxlint-disable-next-line no-await-in-loop
          const result = await runOne(next.fault, services, next.seed)
          next.results.push(result)
          tell(result)
        }
      } finally {
        await services.stop()
      }
    }),
  )
  return all
}

/** A run that could not be carried through is one that failed. */
async function runOne(fault: Fault, services: Services, seed: number): Promise<RunResult> {
  try {
    return await runFault(fault, { services, timing: DEFAULT_TIMING, seed })
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { fault: fault.name, seed, measures: [], wrongOfflines: 0, memory: 0, problems: [problem] }
  }
}

function tell({ fault, seed, measures, problems, memory }: RunResult): void {
  const measured = measures.map(({ what, value, unit }) => `${what} ${Math.round(value)} ${unit}`).join(', ')
  console.log(
    `${problems.length === 0 ? 'kept  ' : 'BROKEN'} ${fault} (seed ${seed}): ${measured} · ${Math.round(memory)} MiB`,
  )
  for (const problem of problems) console.log(`         ${problem}`)
}
