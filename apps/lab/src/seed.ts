import { parseArgs } from 'node:util'

import { openDatabase, readConfig, readEnvironment } from '@rollcall/api'

import { seedUsers } from './seed-users.ts'

const MOST = 10_000_000

const help = `pnpm seed [--users N]

Adds N made-up users (1 to ${MOST}, 1000 where it is left out) to the database of DATABASE_URL, also while the product
runs, or to the embedded one in DATA_DIR, for which the product must be stopped. They have names of many scripts and no
password: nobody can log in as them.`

type Wish = { kind: 'seed'; users: number } | { kind: 'help' } | { kind: 'fault'; fault: string }

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const wish = read(args)
  switch (wish.kind) {
    case 'help':
      console.log(help)
      return 0
    case 'fault':
      console.error(wish.fault)
      return 1
    case 'seed':
      return seed(wish.users)
  }
}

function read(args: readonly string[]): Wish {
  try {
    const { values } = parseArgs({
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: { users: { type: 'string', default: '1000' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help === true) return { kind: 'help' }
    const users = /^\d{1,8}$/.test(values.users) ? Number(values.users) : 0
    if (users >= 1 && users <= MOST) return { kind: 'seed', users }
    return {
      kind: 'fault',
      fault: `--users ${values.users} is not allowed. Allowed: a whole number from 1 to ${MOST}.`,
    }
  } catch (error) {
    return { kind: 'fault', fault: `${messageOf(error)} See pnpm seed --help.` }
  }
}

async function seed(users: number): Promise<number> {
  const begun = performance.now()
  let goesOn = true
  process.once('SIGINT', () => (goesOn = false))
  try {
    const database = await openDatabase(settings())
    try {
      const { added, total } = await seedUsers(database, {
        users,
        random: Math.random,
        onProgress: (sofar) => {
          if (process.stdout.isTTY) process.stdout.write(`\r${sofar} of ${users}`)
          return goesOn
        },
      })
      if (process.stdout.isTTY) process.stdout.write('\r')
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      console.log(`Added ${added} users in ${seconds} s. There are ${total} accounts now.`)
      return added === users ? 0 : 130
    } finally {
      await database.close()
    }
  } catch (error) {
    console.error(messageOf(error))
    return 1
  }
}

/** Only where the database is: a seed signs and serves nothing, and asks for no more than it needs. */
function settings(): { databaseUrl: string | null; dataDir: string } {
  const { DATABASE_URL, DATA_DIR } = readEnvironment()
  const answer = readConfig({ DATABASE_URL, DATA_DIR, SESSION_SECRET: '-'.repeat(32) })
  if (!answer.ok) throw new Error(answer.faults.join('\n'))
  return answer.config
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
