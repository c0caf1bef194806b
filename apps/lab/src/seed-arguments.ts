import { parseArgs } from 'node:util'

const MOST_SEEDED = 10_000_000

export type SeedArguments =
  | { readonly kind: 'run'; readonly users: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly fault: string }

export const seedHelp = `pnpm seed [--users N]

Adds N made-up users (1 to ${MOST_SEEDED}, 1000 where it is left out) to the database of DATABASE_URL, also while the product
runs, or to the embedded one in DATA_DIR, for which the product must be stopped. They have names of many scripts and no
password: nobody can log in as them. Ctrl-C ends it; what was added until then stays.`

/** What was asked for, or the first fault. */
export function readSeedArguments(args: readonly string[]): SeedArguments {
  try {
    const { values } = parseArgs({
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: { users: { type: 'string', default: '1000' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help === true) return { kind: 'help' }
    const users = /^\d{1,8}$/.test(values.users) ? Number(values.users) : 0
    if (users >= 1 && users <= MOST_SEEDED) return { kind: 'run', users }
    const allowed = `a whole number from 1 to ${MOST_SEEDED}`
    return { kind: 'fault', fault: `--users ${values.users} is not allowed. Allowed: ${allowed}.` }
  } catch (error) {
    return { kind: 'fault', fault: error instanceof Error ? error.message : String(error) }
  }
}
