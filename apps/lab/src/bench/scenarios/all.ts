import type { Scenario } from '../result.ts'
import { fanout } from './fanout.ts'

export const scenarios: readonly Scenario[] = [fanout]
