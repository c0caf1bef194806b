import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

import { run } from './child.mjs'
import { startContainer } from './docker.mjs'
import { root } from './paths.mjs'

/** What the tests need and the machine lacks; the message names what to install. */
export class MissingError extends Error {}

/**
 * @typedef {{ url: string, stop: () => Promise<void> }} Service
 *
 * @typedef {object} Need
 * @property {string} name
 * @property {string} apt the Debian package that brings it
 * @property {() => Promise<string | null>} find the path, or null
 */

/** The fault tests start, freeze and kill servers of their own: these are wanted even where services are given. */
/** @type {readonly Need[]} */
const needs = [
  {
    name: 'PostgreSQL 15 or newer',
    apt: 'postgresql',
    find: async () => (await import('../apps/api/src/testing/services/postgres-server.ts')).findPostgres(),
  },
  { name: 'Redis', apt: 'redis-server', find: async () => findProgram(['redis-server']) },
  { name: 'Redis Sentinel', apt: 'redis-sentinel', find: async () => findProgram(['redis-sentinel']) },
  { name: 'Chromium', apt: 'chromium', find: async () => findChromium() },
  { name: 'libfaketime', apt: 'libfaketime', find: async () => findFaketime() },
]

/** @param {readonly string[]} names */
export function findProgram(names, path = process.env['PATH'] ?? '') {
  for (const name of names) {
    const found = path
      .split(delimiter)
      .map((folder) => join(folder, name))
      .find(isProgram)
    if (found !== undefined) return found
  }
  return null
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Debian's, Chrome, or the one Playwright keeps. On Ubuntu the package is a stub for a snap, which a container cannot run. */
export function findChromium() {
  const given = process.env['CHROMIUM_PATH']
  if (given !== undefined) return existsSync(given) ? given : null
  const names = [
    'chromium',
    'google-chrome-stable',
    'google-chrome',
    ...(debianLike() === 'ubuntu' ? [] : ['chromium-browser']),
  ]
  const browsers = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache/ms-playwright')
  return (
    findProgram(names) ??
    globSync([
      join(browsers, 'chromium-*/chrome-linux*/chrome'),
      join(homedir(), 'Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*'),
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ])[0] ??
    null
  )
}

function findFaketime() {
  const places = [
    '/usr/lib/*/faketime/libfaketime.so.1',
    '/usr/lib*/faketime/libfaketime.so.1',
    '/opt/homebrew/lib/faketime/*.dylib',
  ]
  return globSync(places)[0] ?? null
}

/** 'debian', 'ubuntu', or null for anything else. */
function debianLike() {
  if (!existsSync('/etc/os-release')) return null
  const release = readFileSync('/etc/os-release', 'utf8')
  return /^ID="?ubuntu"?$/m.test(release) ? 'ubuntu' : /^ID(_LIKE)?=.*debian/m.test(release) ? 'debian' : null
}

/** @returns {Promise<Need[]>} */
async function missing() {
  const found = await Promise.all(needs.map((need) => need.find()))
  return needs.filter((_, index) => found[index] === null)
}

/**
 * Brings what is missing: with apt-get where this is Debian or Ubuntu and we are root, a browser through Playwright anywhere.
 * @returns {Promise<string[]>} what is missing all the same, and how it is called
 */
export async function bringPrograms() {
  const system = debianLike()
  if (system !== null && process.getuid?.() === 0) {
    const lacking = (await missing()).map((need) => need.apt)
    const packages = lacking.filter((name) => !(name === 'chromium' && system === 'ubuntu'))
    if (packages.length > 0) await aptInstall(packages)
  }
  if (findChromium() === null) await playwrightChromium()
  return (await missing()).map((need) => `${need.name} (Debian's ${need.apt})`)
}

/** @param {string[]} packages */
async function aptInstall(packages) {
  console.log(`Installing with apt-get, for the tests: ${packages.join(' ')}…`)
  const get = (/** @type {string[]} */ args) =>
    run('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
  const install = (/** @type {string[]} */ names) => get(['install', '--no-install-recommends', ...names])
  await get(['update'])
  if ((await install(packages)).code === 0) return
  // One that cannot be had must not keep out the others.
  await get(['update'])
  for (const name of packages) {
    const { code, output } = await install([name])
    if (code !== 0) console.error(output.slice(-2000))
  }
}

async function playwrightChromium() {
  console.log('Fetching Chromium through Playwright, for the browser tests…')
  const cli = join(root, 'apps/web/node_modules/playwright-core/cli.js')
  const withLibraries = process.getuid?.() === 0 ? ['--with-deps'] : []
  const { code, output } = await run(process.execPath, [cli, 'install', ...withLibraries, 'chromium'])
  if (code !== 0) console.error(output.slice(-2000))
}

/**
 * What the tests that need a database and a Redis talk to: those that were given; else private ones on free loopback ports; else
 * private ones in Docker.
 * @returns {Promise<{ env: { DATABASE_URL: string, REDIS_URL: string }, stop: () => Promise<void> }>}
 * @throws {MissingError}
 */
export async function startServices() {
  /** @type {(() => Promise<void>)[]} */
  const stops = []
  const stop = async () => {
    await Promise.allSettled(stops.map((each) => each()))
  }
  const start = async (/** @type {() => Promise<Service>} */ service) => {
    const started = await service()
    stops.push(started.stop)
    return started.url
  }
  try {
    const DATABASE_URL = process.env['DATABASE_URL'] || (await start(startDatabase))
    const REDIS_URL = process.env['REDIS_URL'] || (await start(startRedis))
    return { env: { DATABASE_URL, REDIS_URL }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @returns {Promise<Service>} */
async function startDatabase() {
  const { findPostgres, startPostgresServer } =
    await import('../apps/api/src/testing/services/postgres-server.ts')
  if (findPostgres() !== null) return startPostgresServer()
  const password = randomBytes(16).toString('hex')
  const port = await startContainer(
    'postgres:15-alpine',
    5432,
    { POSTGRES_PASSWORD: password },
    'listening on IPv4',
  )
  if (port === null) throw new MissingError(lacks('a PostgreSQL', 'postgresql', 'DATABASE_URL'))
  return { url: `postgres://postgres:${password}@127.0.0.1:${port.number}/postgres`, stop: port.stop }
}

/** @returns {Promise<Service>} */
async function startRedis() {
  if (findProgram(['redis-server']) !== null) {
    const { startRedisServer } = await import('../apps/api/src/testing/services/redis-server.ts')
    return startRedisServer()
  }
  const port = await startContainer('redis:7-alpine', 6379, {}, 'Ready to accept connections')
  if (port === null) throw new MissingError(lacks('a Redis', 'redis-server', 'REDIS_URL'))
  return { url: `redis://127.0.0.1:${port.number}`, stop: port.stop }
}

/**
 * @param {string} what
 * @param {string} apt
 * @param {string} variable
 */
function lacks(what, apt, variable) {
  return `The tests need ${what}, and there is none here: install it (Debian: ${apt}), start Docker, or name one in ${variable}.`
}
