import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { onMeasuredCore } from './cores.ts'

export interface ServerProcessOptions {
  readonly program: string
  /** For Node. */
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly port: number
}

const PROBE = fileURLToPath(new URL('probe.ts', import.meta.url))
const START_MS = 60_000
const ANSWER_MS = 60_000
const END_MS = 10_000
/** Of /proc/PID/stat, on Linux everywhere. */
const TICKS_PER_SECOND = 100
const UTIME = 11

/** A server that is measured: on its own core, with a probe in it. It says `ready` when it is. */
export class ServerProcess {
  readonly port: number
  readonly #child: ChildProcess
  readonly #pid: number
  #output = ''

  private constructor(child: ChildProcess, pid: number, port: number) {
    this.#child = child
    this.#pid = pid
    this.port = port
  }

  static async start({ program, flags, env, port }: ServerProcessOptions): Promise<ServerProcess> {
    const args = [...flags, '--expose-gc', '--import', PROBE, program]
    const child = spawn(...onMeasuredCore(process.execPath, args), {
      env: {
        PATH: process.env['PATH'],
        // For a look inside: --cpu-prof, say.
        NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'],
        HOST: '127.0.0.1',
        PORT: String(port),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const killAtExit = () => void child.kill('SIGKILL')
    process.once('exit', killAtExit)
    child.once('exit', () => process.off('exit', killAtExit))
    const server = new ServerProcess(child, child.pid ?? 0, port)
    await server.#isReady()
    return server
  }

  /** CPU seconds used so far, all threads. */
  cpu(): number {
    const stat = readFileSync(`/proc/${this.#pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[UTIME]) + Number(fields[UTIME + 1])) / TICKS_PER_SECOND
  }

  /** Bytes of memory that it has in use. */
  rss(): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024
  }

  /** Bytes that live after a collection. */
  async heap(): Promise<number> {
    const [onHeap = NaN, beside = NaN] = await this.#ask('heap')
    return onHeap + beside
  }

  /** For how long the event loop stood still, ms, since this was asked last. */
  async stall(): Promise<number> {
    const [ms = NaN] = await this.#ask('stall')
    return ms
  }

  /** Without a word to anybody. */
  kill(): Promise<void> {
    return this.#end(() => this.#child.kill('SIGKILL'))
  }

  /** At once too, but what Node writes at the end, such as a profile, is written. */
  stop(): Promise<void> {
    return this.#end(() => this.#child.disconnect())
  }

  async #ask(question: string): Promise<number[]> {
    const answered = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('A measured server did not answer.')), ANSWER_MS)
      this.#child.once('message', (message) => {
        clearTimeout(timer)
        resolve(message)
      })
    })
    this.#child.send(question)
    const answer = await answered
    return Array.isArray(answer) ? answer.map(Number) : []
  }

  async #end(act: () => void): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    act()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS)
    await exit
    clearTimeout(timer)
  }

  async #isReady(): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      for (const stream of [this.#child.stdout, this.#child.stderr])
        stream?.setEncoding('utf8').on('data', (text: string) => {
          this.#output = (this.#output + text).slice(-4_000)
          if (/\bready\b/.test(this.#output)) resolve()
        })
    })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), START_MS)
    try {
      await Promise.race([
        ready,
        once(this.#child, 'exit').then(() => {
          throw new Error(`A measured server did not start:\n${this.#output}`)
        }),
      ])
    } finally {
      clearTimeout(timer)
    }
  }
}
