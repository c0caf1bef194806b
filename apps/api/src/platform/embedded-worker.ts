import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

import { PGlite } from '@electric-sql/pglite'
import { z } from 'zod'

/** The embedded database on a thread of its own: SQL would otherwise hold up presence. */
const { directory } = z.object({ directory: z.string().nullable() }).parse(workerData)

const Question = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('query'), id: z.number(), sql: z.string(), parameters: z.array(z.unknown()) }),
  z.object({ kind: z.literal('close') }),
])

keepFilesPrivate()

const port = parentPort
if (port === null) throw new Error('The embedded database runs in a worker thread only.')

const opening = open()
opening.then(
  () => port.postMessage({ kind: 'open' }),
  (error: unknown) => port.postMessage({ kind: 'failed', message: String(error) }),
)

port.on('message', (message: unknown) => {
  const question = Question.parse(message)
  void (question.kind === 'close' ? close() : query(question.id, question.sql, question.parameters))
})

async function open(): Promise<PGlite> {
  if (directory === null) return PGlite.create()
  if (!fs.existsSync(directory)) await create(directory)
  return PGlite.create({ dataDir: directory })
}

/** Under another name first: what a process that was killed meanwhile left behind is no database. */
async function create(path: string): Promise<void> {
  const draft = `${path}.new`
  fs.rmSync(draft, { recursive: true, force: true })
  const database = await PGlite.create({ dataDir: draft })
  await database.close()
  fs.renameSync(draft, path)
}

async function query(id: number, sql: string, parameters: unknown[]): Promise<void> {
  try {
    const database = await opening
    const { rows, affectedRows } = await database.query(sql, parameters)
    port?.postMessage({ kind: 'rows', id, rows, affectedRows: affectedRows ?? 0 })
  } catch (error) {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
    const message = error instanceof Error ? error.message : String(error)
    port?.postMessage({ kind: 'error', id, message, code })
  }
}

async function close(): Promise<void> {
  const database = await opening
  await database.exec('checkpoint')
  await database.close()
  port?.postMessage({ kind: 'closed' })
  port?.close()
}

/** PGlite gives its files mode 0666 by chmod, past every umask; a folder's mode is given once, when it is made. */
function keepFilesPrivate(): void {
  const { chmodSync, fchmodSync, mkdirSync } = fs
  fs.chmodSync = (path, mode) => chmodSync(path, Number(mode) & 0o700)
  fs.fchmodSync = (fd, mode) => fchmodSync(fd, Number(mode) & 0o700)
  Object.assign(fs, {
    mkdirSync: (path: string, options?: number | { recursive?: boolean }) =>
      mkdirSync(path, { ...(typeof options === 'object' ? options : {}), mode: 0o700 }),
  })
  syncBuiltinESMExports()
}
