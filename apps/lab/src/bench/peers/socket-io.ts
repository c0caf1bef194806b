import { createServer } from 'node:http'

import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server, type Socket } from 'socket.io'

import { HeadCounts } from './head-counts.ts'

/** Presence as it is written with Socket.IO. `?user=` says who comes, `?watch=1` that he wants to be told. */
const url = process.env['REDIS_URL'] ?? ''
const counts = await HeadCounts.open(url)
const http = createServer()
const io = new Server(http, {
  adapter: createAdapter(new Redis(url), new Redis(url)),
  transports: ['websocket'],
})

const change = (user: string, online: boolean) =>
  io.to('watchers').emit('presence', { user, online, at: Date.now() })

async function leave(user: string): Promise<void> {
  if (await counts.go(user)) change(user, false)
}

async function welcome(socket: Socket): Promise<void> {
  const { user, watch } = socket.handshake.query
  if (typeof user === 'string') socket.once('disconnect', () => void leave(user))
  if (watch !== undefined) {
    await socket.join('watchers')
    socket.emit('users', await counts.online())
  }
  if (typeof user === 'string' && (await counts.come(user))) change(user, true)
}

io.on('connection', (socket) => void welcome(socket))
http.listen({ host: '127.0.0.1', port: Number(process.env['PORT']), backlog: 4_096 }, () =>
  console.log('ready'),
)
