import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

const TASKSET = 'taskset'
const MEASURED = '0'
const LOAD = '1'

let isApart = false

/**
 * This process, and whatever it starts from now on, leaves the measured core alone.
 * @returns whether that can be had here
 */
export function leaveMeasuredCore(): boolean {
  try {
    // Fails where either core is not ours to use.
    execFileSync(TASKSET, ['-c', MEASURED, 'true'], { stdio: 'ignore' })
    execFileSync(TASKSET, ['-acp', LOAD, String(process.pid)], { stdio: 'ignore' })
    isApart = cpus().length > 1
  } catch {
    isApart = false
  }
  return isApart
}

/** A command that runs on the measured core, where this process has left it. */
export function onMeasuredCore(command: string, args: readonly string[]): [string, string[]] {
  return isApart ? [TASKSET, ['-c', MEASURED, command, ...args]] : [command, [...args]]
}
