import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { childEnvironment, run } from './child.mjs'
import { homeSubstitutes } from './home.mjs'
import { withLock } from './lock.mjs'
import { root, state } from './paths.mjs'
import { stamp } from './stamp.mjs'

/** The Node that is fetched where the one on the PATH is older than the sources need, and the pnpm where there is none. */
const NODE = '24.21.0'
const PNPM = '12.21.0'
const OLDEST = [22, 18]

const GUARD = 'ROLLCALL_FETCHED_NODE'

/** @param {string} version like v22.18.0 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = OLDEST
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/**
 * Goes on in this process where its Node is new enough; else in a fetched one, and this process only passes signals on and ends as
 * that one does. Resolves in the process that goes on, and never in the other.
 * @param {string} script URL of the script that was started
 * @param {{ whenStopped?: number }} [options] the exit code where a signal came before the other process could listen to it
 */
export async function onRightNode(script, { whenStopped } = {}) {
  if (process.env['npm_lifecycle_event'] !== undefined || process.env[GUARD] !== undefined) endWithParent()
  if (isNewEnough(process.version)) {
    delete process.env[GUARD]
    return
  }
  if (process.env[GUARD] !== undefined)
    give(
      `Rollcall needs Node ${OLDEST.join('.')} or newer, and the Node ${NODE} that npm fetched is ${process.version}.`,
    )
  const { node } = await fetched(withNode)
  const child = spawn(node, [...process.execArgv, fileURLToPath(script), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [GUARD]: '1' },
  })
  // Ctrl-C reaches the whole group, so the child may get a signal twice: it takes signals within a second as one.
  let stopped = false
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => {
      stopped = true
      child.kill(signal)
    })
  }
  child.once('error', (error) => give(`The fetched Node could not be started: ${error.message}`))
  child.once('exit', (code, signal) => {
    const killed = 128 + constants.signals[signal ?? 'SIGTERM']
    process.exit(code ?? (stopped ? (whenStopped ?? killed) : killed))
  })
  await new Promise(() => {})
}

/** Whoever started this one may be killed without a word: then it is as if told to end. */
function endWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 200)
  watch.unref()
}

/**
 * How to call pnpm here: the one on the PATH where it is of the pinned major, else the pinned one through npm.
 * @returns {Promise<string>} a path or a name
 */
export async function findPnpm() {
  const { code, output } = await run('pnpm', ['--version'], { timeoutMs: 30_000 })
  if (code === 0 && output.trim().split('.')[0] === PNPM.split('.')[0]) return 'pnpm'
  return recall(withNode)?.pnpm ?? (await fetched(alone)).pnpm
}

/**
 * What is fetched together, and where it is remembered that it was.
 * @typedef {{ memo: string, packages: string[] }} Bundle
 */
const alone = { memo: join(state, 'pnpm.json'), packages: [`pnpm@${PNPM}`] }
const withNode = { memo: join(state, 'toolchain.json'), packages: [`node@${NODE}`, `pnpm@${PNPM}`] }

/**
 * Where npm keeps the pinned Node and pnpm; fetched unless they have been before.
 * @param {Bundle} bundle
 * @returns {Promise<{ node: string, pnpm: string }>}
 */
async function fetched(bundle) {
  const lock = { folder: join(state, 'claims-toolchain') }
  return recall(bundle) ?? (await withLock(lock, async () => recall(bundle) ?? (await fetchBundle(bundle))))
}

/** @param {Bundle} bundle */
function recall({ memo, packages }) {
  try {
    const { pins, node, pnpm } = JSON.parse(readFileSync(memo, 'utf8'))
    return pins === packages.join(' ') && existsSync(node) && existsSync(pnpm) ? { node, pnpm } : null
  } catch {
    return null
  }
}

/** @param {Bundle} bundle */
async function fetchBundle({ memo, packages }) {
  console.log(`Fetching ${packages.join(' and ')} through npm (once)…`)
  const probe =
    'console.log("found " + JSON.stringify([process.version, process.execPath, process.env.PATH.split(":")]))'
  const wanted = packages.map((name) => `--package=${name}`)
  const { code, output } = await npm([
    'exec',
    '--yes',
    '--prefer-offline',
    ...wanted,
    '--',
    'node',
    '-e',
    probe,
  ])
  const line = output.split('\n').find((each) => each.startsWith('found '))
  if (code !== 0 || line === undefined) {
    give(`${output.trim()}\nRollcall needs ${packages.join(' and ')} here, and npm could not fetch them.`)
  }
  const [version, node, path] = JSON.parse(line.slice('found '.length))
  if (memo === withNode.memo && !isNewEnough(version)) {
    give(
      `Rollcall needs Node ${OLDEST.join('.')} or newer. npm fetched one, but could not set it up (are install scripts switched off?): this is still ${version}.`,
    )
  }
  const pnpm = path.map((/** @type {string} */ folder) => join(folder, 'pnpm')).find(existsSync)
  if (pnpm === undefined) give(`npm fetched ${packages.join(' and ')}, but no pnpm is in it.`)
  stamp(memo, JSON.stringify({ pins: packages.join(' '), node, pnpm }))
  return { node, pnpm }
}

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function npm(args) {
  const cli = process.env['npm_execpath']
  const [command, first] = cli?.endsWith('npm-cli.js') === true ? [process.execPath, [cli]] : ['npm', []]
  const env = { ...childEnvironment({ PATH: process.env['PATH'] }), ...homeSubstitutes() }
  return new Promise((resolve) => {
    execFile(
      command,
      [...first, ...args],
      { cwd: root, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({
          code: error === null ? 0 : 1,
          output: `${stdout}\n${stderr}${error?.code === 'ENOENT' ? 'npm was not found.' : ''}`,
        })
      },
    )
  })
}

/**
 * @param {string} why
 * @returns {never}
 */
function give(why) {
  console.error(why)
  process.exit(1)
}
