import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

import { readBenchArguments } from './bench-arguments.ts'
import { leaveMeasuredCore } from './cores.ts'
import { between } from './page.ts'
import type { Result } from './result.ts'
import { scenarios } from './scenarios/all.ts'
import { tablesOf } from './tables.ts'

const PAGE = fileURLToPath(new URL('../../../../docs/performance.md', import.meta.url))
const FIGURES = fileURLToPath(new URL('../../../../docs/performance.json', import.meta.url))

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? error.message : error)
  process.exitCode = 1
}
// Sockets of a scenario that failed do not keep it.
process.exit()

async function main(args: readonly string[]): Promise<void> {
  const wish = readBenchArguments(
    args,
    scenarios.map(({ name }) => name),
  )
  const isApart = leaveMeasuredCore()
  const machine = `${cpus().length} × ${cpus()[0]?.model}, ${isApart ? 'the server pinned to core 0, all else to core 1' : 'nothing pinned to a core'}, Node ${process.version}`
  const chosen = scenarios.filter(({ name }) => wish.only?.includes(name) !== false)
  for (const { name, run } of chosen) {
    const runs: Result[] = []
    while (runs.length < wish.runs) {
      console.log(`${name}, run ${runs.length + 1} of ${wish.runs} …`)
      // oxlint-disable-next-line no-await-in-loop
      runs.push(await run(wish))
    }
    const tables = tablesOf(runs)
    console.log(`\n${tables}\n`)
    if (!wish.quick) keep(name, runs, `${tables}\n\n${count(runs.length)} on ${machine}.`)
  }
}

function count(runs: number): string {
  return runs === 1 ? 'One run' : `Medians of ${runs} runs, with the least and the most,`
}

function keep(name: string, runs: readonly Result[], text: string): void {
  writeFileSync(PAGE, between(readFileSync(PAGE, 'utf8'), name, text))
  writeFileSync(FIGURES, `${JSON.stringify({ ...kept(), [name]: runs }, null, 2)}\n`)
}

function kept(): object {
  try {
    const value: unknown = JSON.parse(readFileSync(FIGURES, 'utf8'))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
