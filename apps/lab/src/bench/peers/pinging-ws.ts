import { WebSocket } from 'ws'

import { serveWebSockets } from './ws-peer.ts'

/** As often as Rollcall does, ms. */
const PING_MS = 10_000

const answered = new WeakSet<WebSocket>()

/** As raw ws, and it looks who is still there: who has not answered the ping before is cut off. */
await serveWebSockets(
  (watchers, message) => {
    for (const { ws } of watchers) if (ws.readyState === WebSocket.OPEN) ws.send(message)
  },
  (server) => {
    server.on('connection', (ws) => {
      answered.add(ws)
      ws.on('pong', () => answered.add(ws))
    })
    setInterval(() => {
      for (const ws of server.clients) {
        if (answered.delete(ws)) ws.ping()
        else ws.terminate()
      }
    }, PING_MS)
  },
)
