import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'

import { QueueWatch } from './queue-watch.ts'

const ALL = 1_000_000
const patient = { timeout: 5_000 }

test('a pause is not the end: it is full when no more was ever taken', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const accepted: Promise<Socket> = once(server, 'connection').then(([socket]) => socket)
  const reader = connect({ port: address.port, host: '127.0.0.1' }).pause()
  const writer = await accepted
  const watch = new QueueWatch(writer.localPort ?? 0, writer.remotePort ?? 0)
  try {
    expect(() => watch.fullSince).toThrow('Nothing has waited.')
    writer.write(Buffer.alloc(ALL / 2))
    await vi.waitFor(() => expect(watch.fullSince).toBeGreaterThan(0), patient)
    const paused = performance.now()
    writer.write(Buffer.alloc(ALL / 2))
    await vi.waitFor(() => expect(watch.fullSince).toBeGreaterThan(paused), patient)
    await sleep(300)
    const full = watch.fullSince
    // A little more is not what it waited for.
    writer.write('more')
    await sleep(300)
    expect(watch.fullSince).toBe(full)
  } finally {
    watch.stop()
    writer.destroy()
    reader.destroy()
    server.close()
  }
})
