import type { Fault } from '../fault.ts'
import { halfOpen, slowReader } from './client-faults.ts'
import { clockJump } from './clock-faults.ts'
import { stopPostgres, terminateBackends } from './database-faults.ts'
import { cutLink, deafLink, deafSubscriber, flappingLink, muteLink, slowLink } from './link-faults.ts'
import { freezeProcess, killProcess, moving, rollingRestart } from './process-faults.ts'
import {
  cutSubscribers,
  flushAll,
  forgetfulFailover,
  freezeRedis,
  fullRedis,
  redisCrash,
  sentinelFailover,
} from './redis-faults.ts'
import { lostEndNotice, sessionEndedElsewhere } from './session-faults.ts'

/** All that is done to it. */
export const faults: readonly Fault[] = [
  moving,
  killProcess,
  freezeProcess,
  rollingRestart,
  redisCrash,
  flushAll,
  freezeRedis,
  cutSubscribers,
  fullRedis,
  forgetfulFailover,
  sentinelFailover,
  cutLink,
  deafLink,
  deafSubscriber,
  muteLink,
  flappingLink,
  slowLink,
  stopPostgres,
  terminateBackends,
  slowReader,
  halfOpen,
  clockJump,
  sessionEndedElsewhere,
  lostEndNotice,
]
