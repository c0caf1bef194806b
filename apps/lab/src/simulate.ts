import { readConfig, readEnvironment } from '@rollcall/api'
import pg from 'pg'

import { type MadeUpSession, MadeUpSessions } from './made-up-sessions.ts'
import { readSimulateArguments, type SimulateArguments, simulateHelp } from './simulate-arguments.ts'
import { Simulation } from './simulation.ts'

type Run = Extract<SimulateArguments, { kind: 'run' }>

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const wish = readSimulateArguments(args)
  switch (wish.kind) {
    case 'help':
      console.log(simulateHelp)
      return 0
    case 'fault':
      console.error(wish.fault)
      return 1
    case 'run':
      return simulate(wish).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : String(error))
        return 1
      })
  }
}

async function simulate(wish: Run): Promise<number> {
  const { databaseUrl, secret, url } = settings(wish.url)
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 5_000 })
  pool.on('error', () => {})
  const madeUp = new MadeUpSessions({ pool, secret, secure: url.startsWith('https:') })
  let sessions: readonly MadeUpSession[] = []
  try {
    await reach(url)
    const users = await madeUp.users(wish.users)
    if (users.length === 0) throw new Error('There are no made-up users. Add some with: pnpm seed')
    if (users.length < wish.users) console.log(`There are only ${users.length} made-up users; see pnpm seed.`)
    sessions = await madeUp.begin(users)
    const simulation = new Simulation({ ...wish, url, sessions, random: Math.random })
    await Promise.race([interrupted(), simulation.run(showProgress)])
    console.log('\nStopping…')
    await simulation.stop()
    return 0
  } finally {
    if (sessions.length > 0) await madeUp.end(sessions)
    await pool.end()
  }
}

/** Where the database and the product are, and what signs a cookie. */
function settings(url: string | null): { databaseUrl: string; secret: string; url: string } {
  const answer = readConfig(readEnvironment())
  if (!answer.ok) throw new Error(answer.faults.join('\n'))
  const { databaseUrl, sessionSecret, host, port } = answer.config
  if (databaseUrl === null || sessionSecret === null)
    throw new Error(
      'DATABASE_URL is missing: the embedded database belongs to the running product alone. Run the product on PostgreSQL for this.',
    )
  const reachable = host.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1')
  const named = reachable.includes(':') ? `[${reachable}]` : reachable
  return { databaseUrl, secret: sessionSecret, url: url ?? `http://${named}:${port}` }
}

async function reach(url: string): Promise<void> {
  try {
    await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) })
  } catch (error) {
    throw new Error(`The product does not answer at ${url}. Start it, or name it with --url.`, {
      cause: error,
    })
  }
}

/** At the first Ctrl-C; a second one leaves at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        process.once(signal, () => process.exit(130))
        resolve()
      })
  })
}

function showProgress(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${line}`)
  else console.log(line)
}
