import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Environment, readConfig } from '../config.ts'
import { createLogger } from '../platform/logger.ts'
import { startServer } from '../server.ts'
import { copyTemplateDatabase } from './test-database.ts'

export interface TestServer {
  readonly address: string
  /** What was logged, line by line. */
  readonly lines: readonly string[]
  stop(): Promise<void>
}

/** The product in this process, on a free port; on embedded storage of its own unless the environment names other. */
export async function startTestServer(env: Environment = {}): Promise<TestServer> {
  const folder = env['DATABASE_URL'] === undefined ? await createTestDataDir() : ''
  const answer = readConfig({ PORT: '0', DATA_DIR: folder, SIGNUPS_PER_MINUTE: '10000', ...env })
  if (!answer.ok) throw new Error(answer.faults.join('\n'))
  const lines: string[] = []
  const log = createLogger('info', { write: (line) => void lines.push(line) })
  const server = await startServer({ config: answer.config, log })
  return {
    address: server.address,
    lines,
    stop: async () => {
      await server.stop()
      if (folder !== '') await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A data folder whose database is prepared already. */
export async function createTestDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-data-'))
  await copyTemplateDatabase(join(folder, 'database'))
  return folder
}
