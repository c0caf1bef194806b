import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { UserAnswer, UsersAnswer } from '@rollcall/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { createTestDataDir } from './testing/test-server.ts'
import { Visitor } from './testing/visitor.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

/** The product as a process of its own. */
class Product {
  output = ''
  exit: { code: number | null; signal: string | null } | undefined
  readonly child: ChildProcess

  constructor(env: Record<string, string>) {
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env
    this.child = spawn(process.execPath, [MAIN], {
      env: { ...rest, PORT: '0', LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const add = (chunk: Buffer) => {
      this.output += chunk.toString()
    }
    this.child.stdout?.on('data', add)
    this.child.stderr?.on('data', add)
    this.child.on('exit', (code, signal) => {
      this.exit = { code, signal }
    })
  }

  get address(): string {
    return /^Rollcall is ready on (http:\/\/\S+)$/m.exec(this.output)?.[1] ?? ''
  }

  async ready(): Promise<Visitor> {
    await this.#until(() => this.address !== '')
    return new Visitor(this.address)
  }

  says(text: string): Promise<void> {
    return this.#until(() => this.output.includes(text))
  }

  async ended(): Promise<number | null> {
    await this.#until(() => this.exit !== undefined)
    return this.exit?.code ?? null
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.exit !== undefined) return
    const exit = once(this.child, 'exit')
    this.child.kill(signal)
    await exit
  }

  async #until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 90_000
    while (!condition()) {
      if (this.exit !== undefined || Date.now() > deadline) throw new Error(`it did not come: ${this.output}`)
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const credentials = { username: 'michael', password: 'johnson123' }
const products: Product[] = []

function start(env: Record<string, string>): Product {
  const product = new Product(env)
  products.push(product)
  return product
}

afterAll(async () => {
  await Promise.all(products.map((product) => product.kill('SIGKILL')))
})

describe('a process that runs', { timeout: 180_000 }, () => {
  let folder: string
  let product: Product

  beforeAll(async () => {
    folder = await createTestDataDir()
    product = start({ DATA_DIR: folder })
    await product.ready()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('has its data folder to itself: another says so in one line', async () => {
    const second = start({ DATA_DIR: folder })
    expect(await second.ended()).toBe(1)
    expect(second.output).toBe(
      `DATA_DIR ${folder} is in use by the process ${product.child.pid}. Stop it, or name another folder in DATA_DIR.\n`,
    )
  })

  it('has its port to itself: another says so in one line', async () => {
    const other = await createTestDataDir()
    const { port } = new URL(product.address)
    const second = start({ DATA_DIR: other, PORT: port })
    expect(await second.ended()).toBe(1)
    const [last] = second.output.trim().split('\n').slice(-1)
    expect(last).toBe(
      `PORT ${port} on 127.0.0.1 is taken by another program. Stop it, or set PORT to a free port.`,
    )
    await rm(other, { recursive: true, force: true })
  })

  it('leaves in order at SIGTERM, taken once where it comes twice, and cuts what is half sent', async () => {
    const half = connect(Number(new URL(product.address).port), '127.0.0.1')
    half.on('error', () => {})
    half.write(
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
    )
    await once(half, 'connect')
    product.child.kill('SIGTERM')
    product.child.kill('SIGTERM')
    expect(await product.ended()).toBe(0)
    await expect(stat(join(folder, 'lock'))).rejects.toThrow()
    half.destroy()
  })
})

describe('a process that starts', { timeout: 180_000 }, () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-main-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('makes its database, and keeps accounts and sessions over a kill', async () => {
    // What a start that was killed left behind.
    await mkdir(join(folder, 'database.new', 'base'), { recursive: true })
    const first = start({ DATA_DIR: folder })
    const visitor = await first.ready()
    const { user } = (await visitor.post('/api/auth/signup', credentials)).json(UserAnswer)
    for (const name of ['database', 'database/base', 'database/PG_VERSION', 'session-secret']) {
      // oxlint-disable-next-line no-await-in-loop
      expect([name, (await stat(join(folder, name))).mode & 0o077]).toEqual([name, 0])
    }
    await expect(stat(join(folder, 'database.new'))).rejects.toThrow()
    await first.kill('SIGKILL')

    const second = start({ DATA_DIR: folder })
    const again = await second.ready()
    again.cookies.set('rollcall', visitor.cookies.get('rollcall') ?? '')
    const page = (await again.get('/api/users')).json(UsersAnswer)
    expect(page.counts).toEqual({ online: 0, total: 1 })
    expect(page.users).toEqual([{ ...user, status: 'offline', lastSeenAt: null }])
    expect((await again.post('/api/auth/login', credentials)).status).toBe(200)
    second.child.kill('SIGINT')
    expect(await second.ended()).toBe(0)
  })

  it('leaves with exit code 0 also when it is stopped before it is ready', async () => {
    const product = start({ DATA_DIR: folder })
    await product.says('Opening the database')
    product.child.kill('SIGTERM')
    expect(await product.ended()).toBe(0)
    expect(product.output).not.toContain('ready')
  })

  it('says every bad variable in a line of its own, and nothing else', async () => {
    const product = start({ PORT: 'http', NODE_LEASE_MS: '5', DATABASE_URL: 'mysql://x' })
    expect(await product.ended()).toBe(1)
    const lines = product.output.trim().split('\n')
    expect(lines.map((line) => line.split('=')[0])).toEqual(['PORT', 'DATABASE_URL', 'NODE_LEASE_MS'])
  })
})
