import { once } from 'node:events'
import { get } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

import { afterEach, describe, expect, it } from 'vitest'

import { EarlyServer } from './early-server.ts'

const servers: EarlyServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close(0)))
})

async function open(): Promise<{ early: EarlyServer; port: number }> {
  const early = new EarlyServer({ port: 0, host: '127.0.0.1' })
  servers.push(early)
  await early.listening
  return { early, port: (early.server.address() as AddressInfo).port }
}

async function say(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

describe('a server that listens early', () => {
  it('keeps requests and upgrades until somebody answers them', async () => {
    const { early, port } = await open()
    const request = get({ port, host: '127.0.0.1', path: '/early' })
    const upgrade = await say(port, UPGRADE)
    await expect.poll(() => early.held).toBe(2)
    early.server.on('request', (_request, response) => response.end('late, but here'))
    early.server.on('upgrade', (_request, socket) => socket.end('upgraded'))
    early.release()
    const [response] = await once(request, 'response')
    expect(response.statusCode).toBe(200)
    expect(String((await once(upgrade, 'data'))[0])).toBe('upgraded')
    const after = await fetch(`http://127.0.0.1:${port}/`)
    expect(await after.text()).toBe('late, but here')
  })

  it('forgets who has gone before', async () => {
    const { early, port } = await open()
    const gone = [await say(port, UPGRADE), await say(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')]
    await expect.poll(() => early.held).toBe(2)
    for (const socket of gone) socket.resetAndDestroy()
    await expect.poll(() => early.open).toBe(0)
    let came = 0
    early.server.on('request', () => came++)
    early.server.on('upgrade', () => came++)
    early.release()
    expect(came).toBe(0)
  })

  it('says why it cannot listen', async () => {
    const { port } = await open()
    const second = new EarlyServer({ port, host: '127.0.0.1' })
    await expect(second.listening).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await second.close(0)
  })

  it('cuts who does not go when it closes', async () => {
    const { early, port } = await open()
    const held = await say(port, UPGRADE)
    await expect.poll(() => early.held).toBe(1)
    const closed = once(held, 'close')
    held.resume()
    await early.close(10)
    await closed
  })
})
