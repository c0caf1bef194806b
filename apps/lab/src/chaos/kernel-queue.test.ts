import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'

import { kernelQueue } from './kernel-queue.ts'

const stops: (() => unknown)[] = []
afterEach(() => {
  for (const stop of stops.splice(0).toReversed()) stop()
})

/** Two ends of one connection, of which the second reads nothing. */
async function setUp(host: string): Promise<{ writer: Socket; reader: Socket }> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  stops.push(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const accepted: Promise<Socket> = once(server, 'connection').then(([socket]) => socket)
  const reader = connect({ port: address.port, host }).pause()
  const writer = await accepted
  stops.push(
    () => writer.destroy(),
    () => reader.destroy(),
  )
  return { writer, reader }
}

const portsOf = ({ localPort = 0, remotePort = 0 }: Socket) => [localPort, remotePort] as const

test.each(['127.0.0.1', '::1'])('on %s, what was sent and is not read is counted, one way', async (host) => {
  const { writer, reader } = await setUp(host)
  expect(await kernelQueue(...portsOf(writer))).toBe(0)
  writer.write(Buffer.alloc(5_000))
  await vi.waitFor(async () => expect(await kernelQueue(...portsOf(writer))).toBe(5_000))
  expect(await kernelQueue(...portsOf(reader))).toBe(0)
  reader.resume()
  await vi.waitFor(async () => expect(await kernelQueue(...portsOf(writer))).toBe(0))
})

test('full, it holds on both sides what the kernel has taken', async () => {
  const { writer } = await setUp('127.0.0.1')
  const chunk = Buffer.alloc(16_384)
  let written = 0
  while (writer.writableLength === 0 && written < 64 * 1_024 * 1_024) {
    writer.write(chunk)
    written += chunk.length
    // oxlint-disable-next-line no-await-in-loop
    if (writer.writableLength > 0) await sleep(200)
  }
  expect(writer.writableLength, 'the kernel takes no more').toBe(chunk.length)
  const queued = await kernelQueue(...portsOf(writer))
  // Of the last chunk it may have taken a part.
  expect(queued).toBeGreaterThanOrEqual(written - chunk.length)
  expect(queued).toBeLessThan(written)
})
