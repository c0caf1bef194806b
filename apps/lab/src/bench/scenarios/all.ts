import type { Scenario } from '../result.ts'
import { fanout } from './fanout.ts'
import { idle } from './idle.ts'
import { singleChange } from './single-change.ts'
import { window } from './window.ts'

export const scenarios: readonly Scenario[] = [fanout, singleChange, window, idle]
