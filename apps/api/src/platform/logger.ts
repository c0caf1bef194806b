import { pino } from 'pino'

import type { LogStream } from './log-stream.ts'

/** What every part may log with. */
export type Logger = ReturnType<typeof createLogger>

/** One JSON object a line. Names that may hold secrets are struck out wherever they stand. */
export function createLogger(level: string, stream: Pick<LogStream, 'write'>) {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secrets.flatMap((name) => {
          const inside = name.startsWith('[') ? name : `.${name}`
          return [name, `*${inside}`, `*.*${inside}`]
        }),
        censor: '***',
      },
    },
    stream,
  )
}

const secrets = ['password', 'currentPassword', 'newPassword', 'cookie', 'authorization', '["set-cookie"]']
