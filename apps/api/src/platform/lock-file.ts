import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { z } from 'zod'

import { codeOf } from './database-error.ts'

const Holder = z.object({
  pid: z.int().positive(),
  /** When the process started, as the system says it: a pid alone may by now be another's. */
  started: z.string(),
  host: z.string(),
  token: z.string(),
})
type Holder = z.infer<typeof Holder>

export interface Lock {
  release(): Promise<void>
}

/** `elsewhere`: the holder runs on another host (or in another container), where its pid means nothing here. */
export type LockAnswer =
  | { readonly taken: true; readonly lock: Lock }
  | { readonly taken: false; readonly holder: Holder; readonly elsewhere: boolean }

const TOUCH_EVERY_MS = 1_000
const SILENT_FOR_MS = 5_000

/** Takes the lock, also over from a process that is no more. Of several who try at once, one gets it. */
export async function takeLock(file: string): Promise<LockAnswer> {
  const own: Holder = {
    pid: process.pid,
    started: startOf(process.pid) ?? '',
    host: hostname(),
    token: randomUUID(),
  }
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    if (await create(file, own)) return { taken: true, lock: hold(file, own) }
    // oxlint-disable-next-line no-await-in-loop
    const holder = await read(file)
    if (holder !== null) {
      const elsewhere = holder.host !== own.host
      // oxlint-disable-next-line no-await-in-loop
      const alive = elsewhere ? await isTouched(file) : startOf(holder.pid) === holder.started
      if (alive) return { taken: false, holder, elsewhere }
    }
    // oxlint-disable-next-line no-await-in-loop
    await clearAway(file, holder)
  }
}

/** A link either makes the name with the whole content behind it, or finds the name taken. */
async function create(file: string, own: Holder): Promise<boolean> {
  const draft = `${file}.${own.token}`
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 })
  try {
    await link(draft, file)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    if (code === undefined || !withoutLinks.has(code)) throw error
    return await createWithoutLinks(file, own)
  } finally {
    await rm(draft, { force: true })
  }
}

/** What file systems say that have no hard links. */
const withoutLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

async function createWithoutLinks(file: string, own: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(own), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function read(file: string): Promise<Holder | null> {
  try {
    return Holder.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

/** Moves the dead holder's file away; where somebody else has taken it over meanwhile, it is put back. */
async function clearAway(file: string, dead: Holder | null): Promise<void> {
  const away = `${file}.${randomUUID()}`
  try {
    await rename(file, away)
  } catch {
    return
  }
  const moved = await read(away)
  if (moved !== null && moved.token !== dead?.token) await link(away, file).catch(() => {})
  await rm(away, { force: true })
}

function hold(file: string, own: Holder): Lock {
  const touching = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => {})
  }, TOUCH_EVERY_MS)
  touching.unref()
  return {
    release: async () => {
      clearInterval(touching)
      if ((await read(file))?.token === own.token) await rm(file, { force: true })
    },
  }
}

async function isTouched(file: string): Promise<boolean> {
  const touchedAt = async () => (await stat(file).catch(() => null))?.mtimeMs
  const before = await touchedAt()
  for (let waited = 0; waited < SILENT_FOR_MS; waited += 250) {
    // oxlint-disable-next-line no-await-in-loop
    await sleep(250)
    // oxlint-disable-next-line no-await-in-loop
    const now = await touchedAt()
    if (now !== undefined && now !== before) return true
  }
  return false
}

/** When a process started; undefined where there is none. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return undefined
  }
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // The name in parentheses may hold anything; field 22 is the 20th after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const after = fields.slice(fields.lastIndexOf(')') + 2).split(' ')
    if (after[0] === 'Z' || after[0] === 'X') return undefined
    return `${boot} ${after[19] ?? ''}`
  } catch {
    return startByPs(pid)
  }
}

function startByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return ''
  }
}
