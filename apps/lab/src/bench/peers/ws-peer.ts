import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import { type WebSocket, WebSocketServer } from 'ws'

import { HeadCounts } from './head-counts.ts'

export interface Watcher {
  readonly ws: WebSocket
  readonly net: Socket
}

/**
 * Presence over plain websockets. `?user=` says who comes, `?watch=1` that he wants to be told.
 * @param tell gives one message to everybody who watches
 * @param begun is given the server before it listens
 */
export async function serveWebSockets(
  tell: (watchers: ReadonlySet<Watcher>, message: string) => void,
  begun: (server: WebSocketServer) => void = () => {},
): Promise<void> {
  const counts = await HeadCounts.open(process.env['REDIS_URL'] ?? '')
  const watchers = new Set<Watcher>()
  await counts.subscribe((message) => tell(watchers, message))

  const change = (user: string, online: boolean) =>
    void counts.publish(JSON.stringify({ type: 'presence', user, online, at: Date.now() }))

  async function leave(user: string): Promise<void> {
    if (await counts.go(user)) change(user, false)
  }

  async function welcome(ws: WebSocket, request: IncomingMessage): Promise<void> {
    const { searchParams } = new URL(request.url ?? '/', 'ws://peer')
    const user = searchParams.get('user')
    const watcher = { ws, net: request.socket }
    ws.on('error', () => {})
    ws.once('close', () => {
      watchers.delete(watcher)
      if (user !== null) void leave(user)
    })
    if (searchParams.has('watch')) {
      watchers.add(watcher)
      ws.send(JSON.stringify({ type: 'users', users: await counts.online() }))
    }
    if (user !== null && (await counts.come(user))) change(user, true)
  }

  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: Number(process.env['PORT']),
    backlog: 4_096,
    perMessageDeflate: false,
  })
  begun(server)
  server.on('connection', (ws, request) => void welcome(ws, request))
  server.once('listening', () => console.log('ready'))
}
