import { spawn } from 'node:child_process'
import { dirname } from 'node:path'

import { root } from './paths.mjs'

/** @typedef {{ code: number, output: string }} Ended */

/** Children of this process that have to go when it goes. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * The environment without what an outer `npm start` says about itself: it would speak to an inner npm or pnpm. Settings that a
 * person made (registry, cache, proxy) stay. This very Node comes first on the PATH.
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(extra = {}) {
  const own =
    /^npm_(package|lifecycle)_|^npm_(command|execpath|node_execpath|config_(local_prefix|user_agent|yes))$|^INIT_CWD$/i
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name))
  const path = [dirname(process.execPath), process.env['PATH']].filter(Boolean).join(':')
  return { ...Object.fromEntries(kept), PATH: path, ...extra }
}

/**
 * Runs a program in the checkout, in a process group of its own, so that `endChildren` reaches its children too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, loud?: boolean, timeoutMs?: number }} [options] `loud` shows its output as it comes
 * @returns {Promise<Ended>} its exit code, 127 where it could not be started, and what it wrote (unless loud)
 */
export function run(command, args, options = {}) {
  const { env = {}, cwd = root, loud = false, timeoutMs = 20 * 60_000 } = options
  const child = spawn(command, args, {
    cwd,
    env: childEnvironment(env),
    detached: true,
    stdio: loud ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  return new Promise((resolve) => {
    let output = ''
    const timer = setTimeout(() => {
      const late = `\n${command} had not ended after ${timeoutMs / 1000} s and was stopped.`
      output += late
      if (loud) console.error(late)
      signalGroup(child, 'SIGKILL')
    }, timeoutMs)
    const end = (/** @type {number} */ code) => {
      clearTimeout(timer)
      running.delete(child)
      signalGroup(child, 'SIGKILL')
      resolve({ code, output })
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.once('error', (error) => {
      output += error.message
      end(127)
    })
    child.once('exit', (code) => {
      // Its output may still be on the way, or be held open by a grandchild.
      const late = setTimeout(() => end(code ?? 1), 2000)
      child.once('close', () => {
        clearTimeout(late)
        end(code ?? 1)
      })
    })
  })
}

/** Asks all children to end, and makes them after three seconds. */
export async function endChildren() {
  const children = [...running]
  for (const child of children) signalGroup(child, 'SIGTERM')
  const deadline = Date.now() + 3000
  while (children.some((child) => running.has(child)) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  for (const child of children) signalGroup(child, 'SIGKILL')
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group is empty.
  }
}
