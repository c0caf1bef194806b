import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { DataDirError, openDataDir } from './data-dir.ts'

describe('the data folder', () => {
  let parent: string
  let path: string

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'rollcall-data-dir-'))
    path = join(parent, 'data')
  })
  afterEach(() => rm(parent, { recursive: true, force: true }))

  const modeOf = async (file: string) => (await stat(file)).mode & 0o777
  /** Another process that takes the folder and keeps it. */
  const holder = async (): Promise<ChildProcess> => {
    const code = `const { openDataDir } = await import(${JSON.stringify(new URL('data-dir.ts', import.meta.url))})
      await openDataDir(${JSON.stringify(path)}); console.log('taken'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    return child
  }
  const killed = async (child: ChildProcess) => {
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  it('is for its owner only, and so is the secret, which is made once', async () => {
    const first = await openDataDir(path)
    const secret = await first.secret()
    expect(secret.length).toBeGreaterThanOrEqual(32)
    expect(await modeOf(path)).toBe(0o700)
    expect(await modeOf(join(path, 'session-secret'))).toBe(0o600)
    await first.close()
    const second = await openDataDir(path)
    expect(await second.secret()).toBe(secret)
    await second.close()
  })

  it('belongs to one process at a time: the second is told which', async () => {
    const child = await holder()
    try {
      const error = await openDataDir(path).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(DataDirError)
      expect(String(error)).toContain(`DATA_DIR ${path} is in use by the process ${child.pid}.`)
    } finally {
      await killed(child)
    }
  })

  it('is taken over from a process that was killed', async () => {
    await killed(await holder())
    const dataDir = await openDataDir(path)
    expect(await readFile(join(path, 'lock'), 'utf8')).toContain(`"pid":${process.pid}`)
    await dataDir.close()
  })

  it('is taken over where the pid is by now that of another process', async () => {
    await (await openDataDir(path)).close()
    const { hostname } = await import('node:os')
    const lock = { pid: process.pid, started: 'long ago', host: hostname(), token: 'x' }
    await writeFile(join(path, 'lock'), JSON.stringify(lock))
    await (await openDataDir(path)).close()
  })

  it('is taken over from a lock that was half written', async () => {
    await (await openDataDir(path)).close()
    await writeFile(join(path, 'lock'), '{"pid":')
    await (await openDataDir(path)).close()
  })

  it('goes to exactly one of many who want it at once', async () => {
    await killed(await holder())
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => openDataDir(path)))
    const taken = tries.filter((one) => one.status === 'fulfilled')
    expect(taken).toHaveLength(1)
    await taken[0]?.value.close()
  })

  it('is refused in one line where it cannot be a folder', async () => {
    await writeFile(path, '')
    const error = await openDataDir(path).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DataDirError)
    expect(String(error)).toMatch(/^DataDirError: DATA_DIR .* cannot be used \(\w+\)\. Allowed: [^\n]+$/)
  })
})
