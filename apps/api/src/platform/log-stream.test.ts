import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, it } from 'vitest'

it('neither freezes the process nor keeps it from leaving when nobody reads the pipe', async () => {
  const code = `
    const { openLogStream } = await import(${JSON.stringify(new URL('log-stream.ts', import.meta.url))})
    const stream = openLogStream(1)
    for (let i = 0; i < 5000; i++) stream.write('x'.repeat(1000) + '\\n')
    await stream.flush(50)
    process.stderr.write('alive')
    process.exit(7)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Its stdout is never read.
  const exit = once(child, 'exit')
  const [said] = await once(child.stderr, 'data')
  expect(String(said)).toBe('alive')
  expect(await exit).toEqual([7, null])
})
