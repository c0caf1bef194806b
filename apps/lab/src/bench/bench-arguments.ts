import { parseArgs } from 'node:util'

export interface BenchArguments {
  readonly runs: number
  /** Names of scenarios; all where it is null. */
  readonly only: readonly string[] | null
  readonly quick: boolean
}

const MOST_RUNS = 100

/** @throws with a line for people where something is not allowed */
export function readBenchArguments(args: readonly string[], names: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: args[0] === '--' ? args.slice(1) : [...args],
    options: {
      runs: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  })
  const { quick } = values
  const runs = Number(values.runs ?? (quick ? 1 : 3))
  if (!Number.isInteger(runs) || runs < 1 || runs > MOST_RUNS)
    throw new RangeError(`--runs ${values.runs} is not allowed. Allowed: 1 to ${MOST_RUNS}.`)
  const only = values.only?.split(',') ?? null
  const unknown = only?.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new RangeError(`--only ${unknown} is not known. Allowed, with commas: ${names.join(', ')}.`)
  return { runs, only, quick }
}
