import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { codeOf } from './database-error.ts'
import { type Lock, takeLock } from './lock-file.ts'

/** The folder cannot be used; the message is one line for a person. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError'
}

export interface DataDir {
  readonly path: string
  /** The secret that signs cookies: made at the first call ever, the same from then on. */
  secret(): Promise<string>
  close(): Promise<void>
}

/**
 * Takes the folder for this process alone: PGlite has no guard of its own, and two writers lose rows in silence.
 * @throws {DataDirError} where another process has it, or it cannot be written.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const lock = await taken(path)
  return {
    path,
    secret: () => readOrMakeSecret(join(path, 'session-secret')),
    close: () => lock.release(),
  }
}

async function taken(path: string): Promise<Lock> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await chmod(path, 0o700)
    const answer = await takeLock(join(path, 'lock'))
    if (answer.taken) return answer.lock
    const who = `${answer.holder.pid}${answer.elsewhere ? ` on the host ${answer.holder.host}` : ''}`
    throw new DataDirError(
      `DATA_DIR ${path} is in use by the process ${who}. Stop it, or name another folder in DATA_DIR.`,
    )
  } catch (error) {
    if (error instanceof DataDirError) throw error
    const reason = codeOf(error) ?? (error instanceof Error ? error.message : String(error))
    throw new DataDirError(
      `DATA_DIR ${path} cannot be used (${reason}). Allowed: a folder that this process may write.`,
      { cause: error },
    )
  }
}

async function readOrMakeSecret(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept.trim().length >= 32) return kept.trim()
  const secret = randomBytes(32).toString('base64url')
  await writeFile(file, `${secret}\n`, { mode: 0o600 })
  await chmod(file, 0o600)
  return secret
}
