import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { run } from './child.mjs'
import { withLock } from './lock.mjs'
import { root, state } from './paths.mjs'
import { fingerprint, isStamped, stamp } from './stamp.mjs'
import { homeSubstitutes } from './home.mjs'
import { findPnpm } from './toolchain.mjs'

const INSTALL_STAMP = join(state, 'install')
const BUILD_STAMP = join(state, 'web')
const DIST = join(root, 'apps/web/dist')

/** Set-up failed; the message is for the person at the terminal. */
export class SetupError extends Error {}

/**
 * Dependencies installed and the web app built, each only where something changed since. Two at once are harmless: one waits.
 * @throws {SetupError}
 */
export async function setUp() {
  try {
    await setUpOnce()
  } catch (error) {
    // A folder that cannot be written, a full disk: Node's message says which.
    if (error instanceof Error && 'syscall' in error) throw new SetupError(`Set-up failed: ${error.message}`)
    throw error
  }
}

async function setUpOnce() {
  if (isInstalled() && isBuilt()) return
  await withLock(
    {
      folder: join(state, 'claims'),
      onWait: (holder) => console.log(`Waiting for another set-up in this folder (${holder})…`),
    },
    async () => {
      if (!isInstalled()) await install()
      if (!isBuilt()) await buildWeb()
    },
  )
}

function installPrint() {
  const manifests = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  )
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]
  return fingerprint(root, files, [process.platform, process.arch])
}

function isInstalled() {
  return existsSync(join(root, 'node_modules/.modules.yaml')) && isStamped(INSTALL_STAMP, installPrint())
}

async function install() {
  const print = installPrint()
  console.log('Installing dependencies (a minute the first time)…')
  // A registry that was named to npm is meant for pnpm too, which reads variables of its own name.
  const registry = process.env['npm_config_registry']
  const env = {
    CI: 'true',
    ...(registry === undefined ? {} : { pnpm_config_registry: registry }),
    ...homeSubstitutes(),
  }
  const args = ['install', '--frozen-lockfile', '--config.confirm-modules-purge=false']
  const { code, output } = await run(await findPnpm(), args, { env })
  if (code !== 0)
    throw new SetupError(
      `${output.trim()}\n\nThe dependencies could not be installed (pnpm's words are above).`,
    )
  stamp(INSTALL_STAMP, print)
}

function webPrint() {
  const sources = ['apps/web', 'packages/client', 'packages/protocol', 'tsconfig.base.json', 'pnpm-lock.yaml']
  return fingerprint(root, sources)
}

function isBuilt() {
  return existsSync(join(DIST, 'index.html')) && isStamped(BUILD_STAMP, webPrint())
}

/** Builds beside the old one and changes them over in two renames, so that a running process goes on serving whole files. */
async function buildWeb() {
  const print = webPrint()
  console.log('Building the web app…')
  mkdirSync(state, { recursive: true })
  const draft = mkdtempSync(join(state, 'web-'))
  try {
    const vite = join(root, 'apps/web/node_modules/vite/bin/vite.js')
    const args = [vite, 'build', '--outDir', join(draft, 'new'), '--emptyOutDir', '--logLevel', 'warn']
    const { code, output } = await run(process.execPath, args, {
      cwd: join(root, 'apps/web'),
      env: { NODE_ENV: 'production' },
    })
    if (code !== 0)
      throw new SetupError(`${output.trim()}\n\nThe web app could not be built (Vite's words are above).`)
    if (existsSync(DIST)) renameSync(DIST, join(draft, 'old'))
    renameSync(join(draft, 'new'), DIST)
    stamp(BUILD_STAMP, print)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
