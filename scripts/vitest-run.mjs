import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { relative } from 'node:path'

import { run } from './child.mjs'
import { root } from './paths.mjs'

/**
 * @typedef {{ name: string, message: string }} Failure
 * @typedef {{ passed: number, failures: Failure[] }} Outcome
 */

/**
 * Runs tests, their report as it comes, and counts them. What was skipped, could not be loaded, or went wrong outside of any test
 * counts as failed.
 * @param {{ args: string[], env: NodeJS.ProcessEnv, folder: string }} options `folder` for the machine's report
 * @returns {Promise<Outcome>}
 */
export async function runVitest({ args, env, folder }) {
  const file = join(folder, 'vitest.json')
  rmSync(file, { force: true })
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { code } = await run(process.execPath, [vitest, 'run', ...args, ...reports], { env, loud: true })
  return readReport(read(file), code, `vitest ${args.join(' ')}`)
}

/**
 * @param {any} report of vitest's JSON reporter, null where it wrote none
 * @param {number} code its exit code
 * @param {string} command
 * @returns {Outcome}
 */
export function readReport(report, code, command) {
  /** @type {Failure[]} */
  const failures = []
  let passed = 0
  for (const file of report?.testResults ?? []) {
    const path = relative(root, file.name)
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1
      else
        failures.push({
          name: `${path} › ${test.fullName}`,
          message: test.failureMessages?.join('\n') || `was ${test.status}, not run`,
        })
    }
    const broken =
      file.status === 'failed' &&
      !file.assertionResults.some((/** @type {any} */ test) => test.status === 'failed')
    if (broken) failures.push({ name: path, message: file.message || 'could not be loaded' })
  }
  if (code !== 0 && failures.length === 0)
    failures.push({ name: command, message: `ended with exit code ${code}: see its words above` })
  if (passed === 0 && failures.length === 0) failures.push({ name: command, message: 'found no tests' })
  return { passed, failures }
}

/** @param {string} file */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
