import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

import { readConfig, readEnvironment } from './config.ts'
import { EarlyServer } from './platform/early-server.ts'
import { Signals } from './signals.ts'

// Before all that takes time to load: a signal that comes early stops the start in order, too.
const signals = new Signals()
const answer = readConfig(readEnvironment())
if (answer.ok) {
  // Whoever comes while the rest is loaded waits, and is not refused.
  const early = new EarlyServer(answer.config)
  // Loading leaves no turn for it. What went wrong with it is told by the start.
  await early.listening.catch(() => {})
  // Half of a start is compiling. Where this folder cannot be written, it stays so.
  enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url)))
  const { run } = await import('./run.ts')
  run(answer.config, signals, early)
} else {
  for (const fault of answer.faults) process.stderr.write(`${fault}\n`)
  process.exitCode = 1
}
