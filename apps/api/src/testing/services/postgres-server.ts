import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, chownSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { freePort } from './redis-server.ts'

/** A PostgreSQL of one's own on a free loopback port, with its files in a temporary folder. */
export interface PostgresServer {
  readonly url: string
  readonly port: number
  /** Of the running server; the last one while it is halted. */
  readonly pid: number
  /** Stops it and keeps its files: an outage. */
  halt(): Promise<void>
  /** Starts it again on the same port, with what it knew. */
  resume(): Promise<void>
  /** Stops it and removes its files. */
  stop(): Promise<void>
}

const START_MS = 60_000
const STOP_MS = 15_000

/** The folder that holds `initdb` and `postgres`, or null. Debian keeps them off the PATH. */
export function findPostgres(): string | null {
  const numbered = (folder: string, path: (version: string) => string) =>
    list(folder)
      .filter((name) => Number.parseInt(name, 10) >= 15)
      .toSorted((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
      .map((version) => join(folder, path(version)))
  const folders = [
    ...numbered('/usr/lib/postgresql', (version) => join(version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...list('/usr')
      .filter((name) => name.startsWith('pgsql-'))
      .map((name) => join('/usr', name, 'bin')),
    ...['/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) =>
      list(folder)
        .filter((name) => name.startsWith('postgresql'))
        .toReversed()
        .map((name) => join(folder, name, 'bin')),
    ),
  ]
  return (
    folders.find((folder) => isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres'))) ?? null
  )
}

/**
 * Starts it; PostgreSQL refuses root, so as root it runs as the user `postgres`.
 * @throws where no binaries are found, or it does not come up within a minute
 */
export async function startPostgresServer(): Promise<PostgresServer> {
  const binaries = findPostgres()
  if (binaries === null)
    throw new Error('No PostgreSQL found: install the package "postgresql" (15 or newer).')
  const owner = process.getuid?.() === 0 ? ownerOf('postgres') : null
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-postgres-'))
  const password = randomBytes(16).toString('hex')
  const data = join(folder, 'data')

  try {
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (owner !== null) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid)
    const settings = ['-U', 'rollcall', '-A', 'scram-sha-256', '--pwfile', passwordFile]
    const init = ['-D', data, ...settings, '-E', 'UTF8', '--no-locale', '--no-sync']
    execFileSync(join(binaries, 'initdb'), init, { ...owner, cwd: folder, stdio: 'pipe' })

    const launch = (port: number) => startServer({ binaries, data, port, folder, owner })
    let running = await launchOnFreePort(launch)
    const { port } = running
    return {
      url: `postgres://rollcall:${password}@127.0.0.1:${port}/postgres`,
      port,
      get pid() {
        return running.pid
      },
      halt: () => endProcess(running.child),
      async resume() {
        running = await launch(port)
      },
      async stop() {
        await endProcess(running.child)
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

interface Running {
  readonly child: ChildProcess
  readonly pid: number
  readonly port: number
}

/** The port may be taken between its finding and its use. */
async function launchOnFreePort(launch: (port: number) => Promise<Running>): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(await freePort())
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

function startServer(options: {
  binaries: string
  data: string
  port: number
  folder: string
  owner: Owner | null
}): Promise<Running> {
  const { binaries, data, port, folder, owner } = options
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    // Its files do not outlive the test: nothing has to reach the disk. Commits stay synchronous: else vacuum finds rows not yet visible to all.
    fsync: 'off',
    full_page_writes: 'off',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(binaries, 'postgres'), ['-D', data, '-p', String(port), ...flags], {
    ...owner,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], TZ: 'UTC' },
  })
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string) => reject(new Error(`PostgreSQL did not start (${why}).\n${said}`))
    const timer = setTimeout(() => {
      child.kill('SIGQUIT')
      fail('too slow')
    }, START_MS)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => fail(`exit code ${code}`))
    child.once('close', () => clearTimeout(timer))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000)
      if (child.pid === undefined || !said.includes('ready to accept connections')) return
      clearTimeout(timer)
      resolve({ child, pid: child.pid, port })
    })
  })
}

/** SIGINT is its fast stop: sessions are cut, files are in order. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_MS)
  child.kill('SIGINT')
  await ended
  clearTimeout(timer)
}

function ownerOf(user: string): Owner {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }))
  return { uid: id('-u'), gid: id('-g') }
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
