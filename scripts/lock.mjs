import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const FOREIGN_MS = 30 * 60_000

/**
 * Runs `work` while nobody else in this folder does. Whoever wants the lock lays down a claim of his own name, then looks: another
 * living claim means step back and try again. Names are never used twice, so a dead process's claim can be removed by anybody,
 * and there is no moment at which two have taken over the same stale lock.
 * @template T
 * @param {{ folder: string, onWait?: (holder: string) => void }} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock({ folder, onWait }, work) {
  mkdirSync(folder, { recursive: true })
  let waited = false
  for (;;) {
    const claim = layClaim(folder)
    const other = otherClaim(folder, claim)
    if (other === null) {
      try {
        return await work()
      } finally {
        rmSync(join(folder, claim), { force: true })
      }
    }
    rmSync(join(folder, claim), { force: true })
    if (!waited) onWait?.(other)
    waited = true
    await sleep(50 + Math.random() * 200)
  }
}

/** @param {string} folder */
function layClaim(folder) {
  const name = [process.pid, startOf(process.pid), Math.random().toString(36).slice(2), hostname()].join('~')
  writeFileSync(join(folder, name), '', { flag: 'wx' })
  return name
}

/**
 * @param {string} folder
 * @param {string} own
 */
function otherClaim(folder, own) {
  for (const name of readdirSync(folder)) {
    if (name === own) continue
    if (isAlive(folder, name)) return `process ${name.split('~')[0]}`
    rmSync(join(folder, name), { force: true })
  }
  return null
}

/**
 * @param {string} folder
 * @param {string} name
 */
function isAlive(folder, name) {
  const [pid = '', start = '', , host = ''] = name.split('~')
  if (host !== hostname()) return ageOf(join(folder, name)) < FOREIGN_MS
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return startOf(Number(pid)) === start
}

/**
 * When a process began, so that a pid that was given out again is not taken for the old process. Empty where /proc is not there.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? ''
  } catch {
    return ''
  }
}

/** @param {string} path */
function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return Infinity
  }
}
