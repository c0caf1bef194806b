import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const SKIPPED = new Set(['node_modules', 'dist', '.turbo', 'e2e'])

/**
 * One hash over the names and contents of files; folders are walked. What is not there counts as absent, not as an error.
 * @param {string} base
 * @param {readonly string[]} paths relative to `base`
 * @param {readonly string[]} [facts] whatever else the result depends on
 */
export function fingerprint(base, paths, facts = []) {
  const hash = createHash('sha256')
  for (const fact of facts) hash.update(`fact ${fact}\n`)
  for (const path of paths.flatMap((each) => filesIn(base, each)).toSorted()) {
    const content = readFileSync(join(base, path))
    hash.update(`file ${path} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/**
 * @param {string} file
 * @param {string} print
 */
export function isStamped(file, print) {
  try {
    return readFileSync(file, 'utf8') === print
  } catch {
    return false
  }
}

/**
 * Whole or not at all: a stamp that is half written would lie.
 * @param {string} file
 * @param {string} print
 */
export function stamp(file, print) {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, print)
  renameSync(draft, file)
}

/**
 * @param {string} base
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(base, path) {
  const stat = statSync(join(base, path), { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [path]
  return readdirSync(join(base, path))
    .filter((name) => !SKIPPED.has(name) && !/\.test\.\w+$/.test(name))
    .flatMap((name) => filesIn(base, `${path}/${name}`))
}
