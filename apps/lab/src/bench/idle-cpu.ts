import { setTimeout as sleep } from 'node:timers/promises'

import type { ServerProcess } from './server-process.ts'

/** CPU seconds a second that a server uses while nobody does anything. */
export async function idleCpu(server: ServerProcess, seconds: number): Promise<number> {
  const [begun, before] = [performance.now(), server.cpu()]
  await sleep(seconds * 1_000)
  return ((server.cpu() - before) / (performance.now() - begun)) * 1_000
}
