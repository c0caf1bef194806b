import { flushCompileCache } from 'node:module'
import { isatty } from 'node:tty'

import type { Config } from './config.ts'
import type { EarlyServer } from './platform/early-server.ts'
import { forPeople } from './platform/lines-for-people.ts'
import { openLogStream } from './platform/log-stream.ts'
import { createLogger } from './platform/logger.ts'
import { explainStartFault } from './platform/start-fault.ts'
import { Server } from './server.ts'
import type { Signals } from './signals.ts'

/** How long a stop may take without Redis, ms, and how much longer than the hand-over with it. */
const STOP_WITHIN_MS = 1_800
const STOP_AFTER_HAND_OVER_MS = 3_500
const FLUSH_MS = 150

/** Runs the product in this process until a signal stops it. */
export function run(config: Config, signals: Signals, early: EarlyServer): void {
  const stream = isatty(1) ? forPeople(openLogStream(1)) : openLogStream(1)
  const log = createLogger(config.logLevel, stream)
  const say = (line: string) => stream.write(`${line}\n`)
  const leave = async (code: number) => {
    await stream.flush(FLUSH_MS)
    process.exit(code)
  }
  const lost = (error: Error) => {
    log.fatal({ err: error }, 'the embedded database is lost')
    void leave(1)
  }
  const server = new Server({ config, log, early, say, lost })
  const stopAndLeave = async (code: number) => {
    await server.stop().catch((error: unknown) => log.error({ err: error }, 'the stop did not go well'))
    await leave(code)
  }

  signals.onStop((signal) => {
    if (config.dev) process.exit(0)
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(0), stopWithin(config))
    void stopAndLeave(0)
  })
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'nobody handled this'))
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'this process cannot go on')
    void leave(1)
  })

  server.start().then(
    (url) => {
      if (url !== null && !signals.came) say(`Rollcall is ready on ${url}`)
      // Not only at the end, which may come without a word.
      flushCompileCache()
    },
    (error: unknown) => {
      if (signals.came) return
      process.stderr.write(`${explainStartFault(error, config)}\n`)
      void stopAndLeave(1)
    },
  )
}

function stopWithin({ redis, graceMs, leaseMs }: Config): number {
  return redis === null ? STOP_WITHIN_MS : Math.max(graceMs, leaseMs) + STOP_AFTER_HAND_OVER_MS
}
