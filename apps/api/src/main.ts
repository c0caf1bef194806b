import { readConfig, readEnvironment } from './config.ts'
import { Signals } from './signals.ts'

// Before all that takes time to load: a signal that comes early stops the start in order, too.
const signals = new Signals()
const answer = readConfig(readEnvironment())
if (answer.ok) {
  const { run } = await import('./run.ts')
  run(answer.config, signals)
} else {
  for (const fault of answer.faults) process.stderr.write(`${fault}\n`)
  process.exitCode = 1
}
