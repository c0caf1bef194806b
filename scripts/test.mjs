import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { childEnvironment, endChildren, run } from './child.mjs'
import { root } from './paths.mjs'
import { SetupError, setUp } from './setup.mjs'
import { onRightNode } from './toolchain.mjs'

await onRightNode(import.meta.url)
process.chdir(root)
// These use what an old Node lacks.
const { MissingError, bringPrograms, findChromium, startServices } = await import('./services.mjs')
const { runVitest } = await import('./vitest-run.mjs')

/** @type {(() => Promise<void>)[]} */
const atEnd = []
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.once(signal, () => void cleanUp().then(() => process.exit(code)))
}

try {
  process.exitCode = await testAll(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetupError || error instanceof MissingError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  await cleanUp()
}

/**
 * Checks first, then tests from the small to the large, each kind alone: what measures time must not starve.
 * @param {string[]} paths only these test files, or all and the checks
 * @returns {Promise<number>} the exit code
 */
async function testAll(paths) {
  await setUp()
  const folder = temporaryFolder()
  process.env['TMPDIR'] = folder

  /** @type {import('./vitest-run.mjs').Outcome[]} */
  const outcomes = []
  const programs = bringPrograms()
  if (paths.length === 0) outcomes.push(...(await runChecks()))
  const lacking = await programs
  if (lacking.length > 0)
    outcomes.push({
      passed: 0,
      failures: lacking.map((name) => ({ name: `needs ${name}`, message: 'It is not here: install it.' })),
    })

  const services = await startServices()
  atEnd.push(services.stop)
  const env = {
    ...services.env,
    TMPDIR: folder,
    CHROMIUM_PATH: findChromium() ?? '',
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
  }
  const vitest = (/** @type {string[]} */ ...args) => runVitest({ args, env, folder })
  if (paths.length > 0) outcomes.push(await vitest(...paths))
  else {
    outcomes.push(await vitest('--project', 'unit'))
    outcomes.push(await vitest('--project', 'services', '--maxWorkers', '1'))
    outcomes.push(await vitest('--project', 'e2e', '--maxWorkers', '1'))
  }
  return tell(outcomes)
}

/** The scripts of package.json that are named `check:…`: one of them that fails does not stop the others. */
async function runChecks() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const outcomes = []
  for (const name of Object.keys(scripts).filter((each) => each.startsWith('check:'))) {
    const PATH = [join(root, 'node_modules/.bin'), childEnvironment()['PATH']].join(':')
    const { code, output } = await run('sh', ['-c', scripts[name]], { env: { PATH } })
    console.log(`${code === 0 ? '✓' : '✗'} ${name}`)
    outcomes.push(
      code === 0 ? { passed: 1, failures: [] } : { passed: 0, failures: [{ name, message: output.trim() }] },
    )
  }
  return outcomes
}

/** @param {import('./vitest-run.mjs').Outcome[]} outcomes */
function tell(outcomes) {
  const failures = outcomes.flatMap((outcome) => outcome.failures)
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  for (const { name, message } of failures) console.log(`\n✗ ${name}\n${message.slice(0, 4000)}`)
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map(({ name }) => `  ${name}`).join('\n')}`)
  console.log(`\n${passed} passed, ${failures.length} failed`)
  return failures.length === 0 && passed > 0 ? 0 : 1
}

/** One for everything that the tests leave behind. Other users may pass through: PostgreSQL may run as one. */
function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-test-'))
  chmodSync(folder, 0o711)
  atEnd.push(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

async function cleanUp() {
  await endChildren()
  for (const end of atEnd.splice(0).toReversed()) await end()
}
