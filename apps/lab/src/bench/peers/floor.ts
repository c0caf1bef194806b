import { WebSocket } from 'ws'

import { Opcode, websocketFrame } from '../websocket-frame.ts'
import { serveWebSockets } from './ws-peer.ts'

await serveWebSockets((watchers, message) => {
  const frame = websocketFrame(Opcode.text, Buffer.from(message), 'server')
  for (const { ws, net } of watchers) if (ws.readyState === WebSocket.OPEN) net.write(frame)
})
