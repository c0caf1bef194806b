import { parseArgs } from 'node:util'

export type ChaosArguments =
  | {
      readonly kind: 'run'
      readonly runs: number
      readonly only: readonly string[]
      readonly lanes: number
      readonly seed: number
      readonly isTwins: boolean
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly fault: string }

/** What was asked for, or the first fault. @param known names of what can be run */
export function readChaosArguments(
  args: readonly string[],
  known: readonly string[],
  random: () => number,
): ChaosArguments {
  try {
    const { values } = parseArgs({
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: {
        runs: { type: 'string', default: '1' },
        only: { type: 'string' },
        lanes: { type: 'string', default: '1' },
        seed: { type: 'string' },
        twins: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help === true) return { kind: 'help' }
    return {
      kind: 'run',
      runs: whole('--runs', values.runs, 100),
      lanes: whole('--lanes', values.lanes, 16),
      seed:
        values.seed === undefined
          ? 1 + Math.floor(random() * 999_999)
          : whole('--seed', values.seed, 999_999_999),
      only: values.only === undefined ? [] : names(values.only, known),
      isTwins: values.twins,
    }
  } catch (error) {
    return { kind: 'fault', fault: error instanceof Error ? error.message : String(error) }
  }
}

function names(given: string, known: readonly string[]): string[] {
  const wanted = given.split(',').map((name) => name.trim())
  for (const name of wanted)
    if (!known.includes(name))
      throw new RangeError(`--only ${name} is not allowed. Allowed: ${known.join(', ')}.`)
  return wanted
}

function whole(name: string, given: string, most: number): number {
  const value = /^\d{1,9}$/.test(given) ? Number(given) : 0
  if (value < 1 || value > most)
    throw new RangeError(`${name} ${given} is not allowed. Allowed: a whole number from 1 to ${most}.`)
  return value
}
