import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'

export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** SIGSTOP, and SIGCONT. */
  freeze(): void
  thaw(): void
  /** SIGKILL, and its data with it. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface RedisServerOptions {
  /** A free one where none is given. */
  readonly port?: number
  /** More lines of its configuration. */
  readonly config?: readonly string[]
  readonly kind?: 'redis' | 'sentinel'
}

const START_MS = 30_000

/** Starts a private server of the `redis-server` on the PATH, on a free port of the loopback interface, that keeps nothing on disk. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options)
    } catch (error) {
      if (attempt === 5 || options.port !== undefined) throw error
    }
  }
}

async function start({
  port: wanted,
  config = [],
  kind = 'redis',
}: RedisServerOptions): Promise<RedisServer> {
  const port = wanted ?? (await freePort())
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-redis-'))
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    'save ""',
    'appendonly no',
    'repl-diskless-sync-delay 0',
    ...config,
  ]
  const file = join(folder, 'redis.conf')
  const used = kind === 'redis' ? lines : lines.filter((line) => !/^(save|appendonly|repl-)/.test(line))
  await writeFile(file, `${used.join('\n')}\n`)
  const child = spawn('redis-server', kind === 'redis' ? [file] : [file, '--sentinel'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)))
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)))
  const spawned = await Promise.race([
    once(child, 'spawn').then(() => true),
    once(child, 'error').then(() => false),
  ])
  if (!spawned || child.pid === undefined) throw new Error('redis-server is not on the PATH')

  const killAtExit = (): void => void child.kill('SIGKILL')
  process.once('exit', killAtExit)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    process.off('exit', killAtExit)
    child.kill('SIGCONT')
    await exited(child, signal)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await answers(port, child)
  } catch (error) {
    await end('SIGKILL')
    throw new Error(`redis-server did not start:\n${output}`, { cause: error })
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port')
  return address.port
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    for (const deadline = Date.now() + START_MS; ;) {
      if (child.exitCode !== null) throw new Error(`It exited with ${child.exitCode}`)
      try {
        await redis.connect()
        return
      } catch (error) {
        if (Date.now() > deadline) throw error
      }
      await sleep(20)
    }
  } finally {
    redis.disconnect()
  }
}

async function exited(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}
