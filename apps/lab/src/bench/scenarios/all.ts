import type { Scenario } from '../result.ts'
import { directory } from './directory.ts'
import { fanout } from './fanout.ts'
import { idle } from './idle.ts'
import { login } from './login.ts'
import { singleChange } from './single-change.ts'
import { storm } from './storm.ts'
import { window } from './window.ts'

export const scenarios: readonly Scenario[] = [fanout, singleChange, window, idle, storm, login, directory]
