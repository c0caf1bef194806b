import { expect, it } from 'vitest'

import { forPeople } from './lines-for-people.ts'
import { createLogger } from './logger.ts'

const written = (write: (log: ReturnType<typeof createLogger>) => void) => {
  const lines: string[] = []
  const stream = forPeople({ write: (line) => void lines.push(line), flush: () => Promise.resolve() })
  stream.write('Rollcall is ready\n')
  write(createLogger('info', stream))
  return lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))
}

it('a terminal shows a request, a warning and an error in a few words', () => {
  const lines = written((log) => {
    log.info({ reqId: 'x', method: 'GET', path: '/api/users', status: 200, ms: 7 }, 'request')
    log.warn({ reason: 'no answer' }, 'the database is away')
    log.error({ err: new Error('broken') }, 'fault')
  })
  expect(lines).toEqual([
    'Rollcall is ready\n',
    'GET /api/users 200 7 ms\n',
    'warn the database is away no answer\n',
    expect.stringMatching(/^error fault Error: broken\n {4}at /),
  ])
})

it('a terminal is not steered by what others typed', () => {
  const [, line] = written((log) => log.info({ method: 'GET', path: '/\u001B[2J\u009Bx' }, 'request'))
  expect(line).toBe('GET /[2Jx\n')
})
