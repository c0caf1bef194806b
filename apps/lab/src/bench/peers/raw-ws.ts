import { WebSocket } from 'ws'

import { serveWebSockets } from './ws-peer.ts'

await serveWebSockets((watchers, message) => {
  for (const { ws } of watchers) if (ws.readyState === WebSocket.OPEN) ws.send(message)
})
