import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'

import { TcpProxy } from './tcp-proxy.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** A server that says everything back, and a client of it by way of a proxy. */
async function setUp() {
  const ports: (number | undefined)[] = []
  let ends = 0
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    ports.push(socket.remotePort)
    socket.on('close', () => ends++)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const proxy = await TcpProxy.start(address.port)
  stops.push(() => proxy.stop())
  return { proxy, ports, sockets, ended: () => ends, open: () => open(proxy.port) }
}

function open(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1' })
  const state = { heard: '', isClosed: false }
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => (state.heard += chunk.toString()))
  socket.on('close', () => (state.isClosed = true))
  stops.push(() => socket.destroy())
  return { socket, state }
}

const patient = { timeout: 15_000 }

test('it passes on what is said', async () => {
  const { socket, state } = (await setUp()).open()
  socket.write('hello')
  await vi.waitFor(() => expect(state.heard).toBe('hello'), patient)
})

test('cut, it ends connections and takes no new ones, until it is healed', async () => {
  const { proxy, open: connectTo } = await setUp()
  const before = connectTo()
  before.socket.write('a')
  await vi.waitFor(() => expect(before.state.heard).toBe('a'), patient)
  proxy.cut()
  await vi.waitFor(() => expect(before.state.isClosed).toBe(true), patient)
  const during = connectTo()
  await vi.waitFor(() => expect(during.state.isClosed).toBe(true), patient)
  proxy.heal()
  const after = connectTo()
  after.socket.write('b')
  await vi.waitFor(() => expect(after.state.heard).toBe('b'), patient)
})

test.each(['to-server', 'to-client'] as const)(
  'stalled %s, what is said arrives when it is healed',
  async (way) => {
    const { proxy, open: connectTo } = await setUp()
    const { socket, state } = connectTo()
    socket.write('a')
    await vi.waitFor(() => expect(state.heard).toBe('a'), patient)
    proxy.stall(way)
    socket.write('b')
    await sleep(50)
    expect(state).toEqual({ heard: 'a', isClosed: false })
    proxy.heal()
    await vi.waitFor(() => expect(state.heard).toBe('ab'), patient)
  },
)

test('stalled, the end of one side is not heard of by the other until it is healed', async () => {
  const { proxy, open: connectTo, ended } = await setUp()
  const { socket, state } = connectTo()
  socket.write('a')
  await vi.waitFor(() => expect(state.heard).toBe('a'), patient)
  proxy.stall('to-server', 'to-client')
  socket.destroy()
  await sleep(100)
  expect(ended()).toBe(0)
  proxy.heal()
  await vi.waitFor(() => expect(ended()).toBe(1), patient)
})

test('one connection is made deaf, as the server names it', async () => {
  const { proxy, open: connectTo, ports } = await setUp()
  const [deaf, other] = [connectTo(), connectTo()]
  for (const { socket, state } of [deaf, other]) {
    socket.write('a')
    await vi.waitFor(() => expect(state.heard).toBe('a'), patient)
  }
  proxy.deafen(ports[0] ?? 0)
  for (const { socket } of [deaf, other]) socket.write('b')
  await vi.waitFor(() => expect(other.state.heard).toBe('ab'), patient)
  expect(deaf.state.heard).toBe('a')
})

/** Whether a promise has been kept by now, and what is under way has arrived. */
async function isKept(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), sleep(100, false)])
}

test('healed, it tells when a question has been answered', async () => {
  const { proxy, sockets, open: connectTo } = await setUp()
  const [one, other] = [connectTo(), connectTo()]
  for (const { socket, state } of [one, other]) {
    socket.write('a')
    await vi.waitFor(() => expect(state.heard).toBe('a'), patient)
  }
  proxy.heal()
  const reached = proxy.reached()
  expect(await isKept(reached), 'nobody has asked since').toBe(false)
  for (const socket of sockets) socket.unpipe().resume()
  one.socket.write('b')
  expect(await isKept(reached), 'asked, and not answered').toBe(false)
  sockets[1]?.write('c')
  expect(await isKept(reached), 'an answer to somebody who did not ask').toBe(false)
  sockets[0]?.write('b')
  expect(await isKept(reached)).toBe(true)
})

test('healed, a question that was held up counts, and not the one of a client that has given up', async () => {
  const { proxy, ended, open: connectTo } = await setUp()
  const [dead, live] = [connectTo(), connectTo()]
  for (const { socket, state } of [dead, live]) {
    socket.write('a')
    await vi.waitFor(() => expect(state.heard).toBe('a'), patient)
  }
  for (const client of [[dead], [live]].flat()) {
    proxy.stall('to-server')
    client.socket.write('b')
    await sleep(50)
    if (client === dead) client.socket.destroy()
    await sleep(50)
    proxy.heal()
    if (client === dead) await vi.waitFor(() => expect(ended()).toBe(1), patient)
    expect(await isKept(proxy.reached())).toBe(client === live)
  }
})

test('late, it keeps the order', async () => {
  const { proxy, open: connectTo } = await setUp()
  const { socket, state } = connectTo()
  proxy.delay(30)
  const begun = performance.now()
  for (const letter of 'abcdef') socket.write(letter)
  await vi.waitFor(() => expect(state.heard).toBe('abcdef'), patient)
  expect(performance.now() - begun).toBeGreaterThan(50)
})
