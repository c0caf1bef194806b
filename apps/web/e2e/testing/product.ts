import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
export const LAN_HOST = 'rollcall.test'
const READY_WITHIN_MS = 120_000

/** The product as a stranger runs it: one process on embedded storage, the built page, a data folder of its own. */
export class Product {
  /** For a browser of `openBrowser`: a plain http address that, unlike localhost, is no secure context, as on a LAN. */
  readonly url: string
  readonly #local: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #folder: string
  #child: ChildProcess | undefined
  #output = ''

  private constructor(port: number, folder: string, settings: Record<string, string>) {
    this.url = `http://${LAN_HOST}:${port}`
    this.#local = `http://127.0.0.1:${port}`
    this.#folder = folder
    const { DATABASE_URL: _, REDIS_URL: __, ...environment } = process.env
    this.#environment = {
      ...environment,
      SIGNUPS_PER_MINUTE: '10000',
      LOGIN_FAILURES_PER_MINUTE: '1000',
      LOG_LEVEL: 'warn',
      ...settings,
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: join(folder, 'data'),
    }
  }

  static async start(settings: Record<string, string> = {}): Promise<Product> {
    const product = await Product.prepare(settings)
    await product.start()
    return product
  }

  /** Not started yet, so that its data folder can be filled first. */
  static async prepare(settings: Record<string, string> = {}): Promise<Product> {
    if (!existsSync(join(root, 'apps/web/dist/index.html'))) {
      throw new Error('The page is not built: npm test does it, or `pnpm --filter @rollcall/web build`.')
    }
    return new Product(await freePort(), await mkdtemp(join(tmpdir(), 'rollcall-e2e-')), settings)
  }

  async start(): Promise<void> {
    this.#child = this.#run('apps/api/src/main.ts')
    const deadline = Date.now() + READY_WITHIN_MS
    for (;;) {
      const answer = await fetch(`${this.#local}/readyz`).catch(() => undefined)
      if (answer?.ok === true) return
      if (Date.now() > deadline || this.#child.exitCode !== null) {
        throw new Error(`The product did not get ready:\n${this.#output}`)
      }
      await sleep(100)
    }
  }

  /** An account, made the short way. */
  async signUp(username: string, password: string): Promise<void> {
    const answer = await fetch(`${this.#local}/api/auth/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    })
    if (answer.status !== 201) throw new Error(`${username} cannot sign up: ${await answer.text()}`)
  }

  /** Runs a script of the repository on the same data. */
  async script(path: string, ...args: string[]): Promise<void> {
    const [code] = await once(this.#run(path, ...args), 'exit')
    if (code !== 0) throw new Error(`${path} ended with ${code}:\n${this.#output}`)
  }

  /** As by a power cut. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }

  #run(script: string, ...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-10_000)))
    }
    return child
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port.')
  return address.port
}
