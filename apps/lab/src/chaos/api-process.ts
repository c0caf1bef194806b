import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

import { PRODUCT, PRODUCT_FLAGS } from '../product.ts'
import type { EventLog, ProcessState } from './event-log.ts'

export interface ApiProcessOptions {
  readonly index: number
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  readonly log: EventLog
  /** What Node is to run; the product by default. */
  readonly program?: readonly string[]
}

const START_MS = 60_000
const LINES_KEPT = 300

/** A process of the product, and what can be done to it. It notes in the log what becomes of it. */
export class ApiProcess {
  readonly index: number
  readonly port: number
  readonly origin: string
  /** The last lines it wrote. */
  readonly lines: string[] = []
  readonly #options: ApiProcessOptions
  #child: ChildProcess | undefined
  #state: ProcessState = 'dead'

  constructor(options: ApiProcessOptions) {
    this.#options = options
    this.index = options.index
    this.port = options.port
    this.origin = `http://127.0.0.1:${options.port}`
  }

  get state(): ProcessState {
    return this.#state
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error(`Process ${this.index} does not run.`)
    return pid
  }

  /** Starts it, with more variables where given, and waits until it says that it is ready. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(process.execPath, [...PRODUCT_FLAGS, ...(this.#options.program ?? [PRODUCT])], {
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        PORT: String(this.port),
        LOG_LEVEL: 'warn',
        ...this.#options.env,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    const killAtExit = () => void child.kill('SIGKILL')
    process.once('exit', killAtExit)
    child.once('exit', () => {
      process.off('exit', killAtExit)
      if (this.#child === child) this.note('dead')
    })
    const ready = this.#read(child)
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS)
    try {
      await Promise.race([
        ready,
        once(child, 'exit').then(() => {
          throw new Error(`Process ${this.index} did not start:\n${this.lines.join('\n')}`)
        }),
      ])
    } finally {
      clearTimeout(timer)
    }
    this.note('running')
  }

  /** SIGKILL: nobody is told. */
  async kill(): Promise<void> {
    this.note('dead')
    await this.#end('SIGKILL')
  }

  /** SIGTERM: a stop in order. */
  async terminate(): Promise<void> {
    await this.#end('SIGTERM')
  }

  freeze(): void {
    this.note('frozen')
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
    this.note('running')
  }

  /** Stands still for a moment, as a process does that collects garbage. */
  async pause(ms: number): Promise<void> {
    this.#child?.kill('SIGSTOP')
    await sleep(ms)
    this.#child?.kill('SIGCONT')
  }

  note(state: ProcessState): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.log.add({ type: 'process', process: this.index, state })
  }

  /** What it holds of memory, in MiB; undefined when it does not run. */
  async memory(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.#child?.pid}/status`, 'utf8').catch(() => '')
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1_024
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    if (signal === 'SIGKILL') child.kill('SIGCONT')
    child.kill(signal)
    await exit
  }

  #read(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        let rest = ''
        stream?.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) {
            if (line.startsWith('Rollcall is ready')) resolve()
            this.lines.push(line)
          }
          this.lines.splice(0, this.lines.length - LINES_KEPT)
        })
      }
    })
  }
}
