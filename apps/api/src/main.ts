import { Signals } from './signals.ts'

// Before all that takes time to load: a signal that comes early stops the start in order, too.
const signals = new Signals()
const { run } = await import('./run.ts')
run(signals)
