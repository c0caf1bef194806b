import { parseArgs } from 'node:util'

const MOST_SIMULATED = 20_000

export type SimulateArguments =
  | {
      readonly kind: 'run'
      readonly users: number
      readonly url: string | null
      readonly stayMs: number
      readonly awayMs: number
      readonly minutes: number
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly fault: string }

export const simulateHelp = `pnpm simulate [--users N] [--stay S] [--away S] [--minutes M] [--url URL]

Drives N made-up users (1 to ${MOST_SIMULATED}, 100 where it is left out) with real websockets: they come, scroll and go.
Made-up users are those of pnpm seed. It writes sessions for them to the database, so it needs DATABASE_URL and
SESSION_SECRET as the product has them; it removes them when it ends, at Ctrl-C or after M minutes (60, at most 1440).

  --stay S   how long one stays, seconds on average (30)
  --away S   how long one stays away, seconds on average (15)
  --url URL  where the product is (http://HOST:PORT)`

/** What was asked for, or the first fault. */
export function readSimulateArguments(args: readonly string[]): SimulateArguments {
  try {
    const { values } = parseArgs({
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: {
        users: { type: 'string', default: '100' },
        stay: { type: 'string', default: '30' },
        away: { type: 'string', default: '15' },
        minutes: { type: 'string', default: '60' },
        url: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help === true) return { kind: 'help' }
    return {
      kind: 'run',
      users: whole('--users', values.users, MOST_SIMULATED),
      stayMs: whole('--stay', values.stay, 3_600) * 1_000,
      awayMs: whole('--away', values.away, 3_600) * 1_000,
      minutes: whole('--minutes', values.minutes, 1_440),
      url: values.url === undefined ? null : originOf(values.url),
    }
  } catch (error) {
    return { kind: 'fault', fault: error instanceof Error ? error.message : String(error) }
  }
}

function whole(name: string, given: string, most: number): number {
  const value = /^\d{1,9}$/.test(given) ? Number(given) : 0
  if (value < 1 || value > most)
    throw new RangeError(`${name} ${given} is not allowed. Allowed: a whole number from 1 to ${most}.`)
  return value
}

function originOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new RangeError(`--url ${given} is not allowed. Allowed: http://host:port or https://host:port.`)
  return url.origin
}
