import { z } from 'zod'

import type { LogStream } from './log-stream.ts'

const Line = z.looseObject({
  level: z.string(),
  time: z.string(),
  msg: z.string().default(''),
  method: z.string().optional(),
  path: z.string().optional(),
  status: z.number().optional(),
  ms: z.number().optional(),
  reason: z.string().optional(),
  err: z.looseObject({ message: z.string(), stack: z.string().optional() }).optional(),
})

/** On a terminal somebody reads along: a line of the log becomes a short one. Whatever is no line of the log stays as it is. */
export function forPeople(stream: LogStream): LogStream {
  return { ...stream, write: (line) => stream.write(line.startsWith('{') ? shorten(line) : line) }
}

function shorten(json: string): string {
  const { data: line } = Line.safeParse(JSON.parse(json))
  if (line === undefined) return json
  const { level, time, msg, method, path, status, ms, reason, err } = line
  const parts = [
    new Date(time).toTimeString().slice(0, 8),
    level === 'info' ? undefined : level,
    method === undefined ? msg : `${method} ${path ?? ''} ${status ?? ''}`.trim(),
    ms === undefined ? undefined : `${ms} ms`,
    reason,
    err?.stack ?? err?.message,
  ]
  // What others typed must not steer the terminal.
  const text = parts
    .filter((part) => part !== undefined)
    .join(' ')
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, '')
  return `${text}\n`
}
