import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'

const TASKSET = '/usr/bin/taskset'
const MEASURED = '0'
const LOAD = '1'

/** Whether the measured server can have a core for itself. */
export const canPin = existsSync(TASKSET) && cpus().length > 1

/** This process, and whatever it starts from now on, leaves the measured core alone. */
export function leaveMeasuredCore(): void {
  if (canPin) execFileSync(TASKSET, ['-acp', LOAD, String(process.pid)], { stdio: 'ignore' })
}

/** A command that runs on the measured core. */
export function onMeasuredCore(command: string, args: readonly string[]): [string, string[]] {
  return canPin ? [TASKSET, ['-c', MEASURED, command, ...args]] : [command, [...args]]
}
