import { openDatabase, readConfig, readEnvironment } from '@rollcall/api'

import { readSeedArguments, seedHelp } from './seed-arguments.ts'
import { seedUsers } from './seed-users.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const wish = readSeedArguments(args)
  switch (wish.kind) {
    case 'help':
      console.log(seedHelp)
      return 0
    case 'fault':
      console.error(wish.fault)
      return 1
    case 'run':
      return seed(wish.users).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : String(error))
        return 1
      })
  }
}

async function seed(users: number): Promise<number> {
  const begun = performance.now()
  const database = await openDatabase(settings())
  try {
    const stop = interrupted()
    const { added, total } = await seedUsers(database, {
      users,
      random: Math.random,
      stop,
      onProgress: (sofar) => showProgress(`${sofar} of ${users}`),
    })
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    showProgress('')
    console.log(`Added ${added} made-up users in ${seconds} s. There are ${total} accounts now.`)
    return stop.aborted ? 130 : 0
  } finally {
    await database.close()
  }
}

/** Only where the database is: a seed serves and signs nothing, and asks for no more than it needs. */
function settings(): { databaseUrl: string | null; dataDir: string } {
  const { DATABASE_URL, DATA_DIR } = readEnvironment()
  const answer = readConfig({ DATABASE_URL, DATA_DIR, SESSION_SECRET: '-'.repeat(32) })
  if (!answer.ok) throw new Error(answer.faults.join('\n'))
  return answer.config
}

/** At the first Ctrl-C; a second one leaves at once. */
function interrupted(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      process.once(signal, () => process.exit(130))
      stop.abort()
    })
  return stop.signal
}

function showProgress(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${line}`)
}
