import { RollcallConnection, RollcallHttp } from '@rollcall/client'
import { WebSocket } from 'ws'

export interface NodeClient {
  readonly connection: RollcallConnection
  readonly http: RollcallHttp
}

/**
 * A client of the product in Node, that proves itself by a cookie.
 * @param origin `http://host:port` or `https://host:port`
 */
export function nodeClient(origin: string, cookie: string): NodeClient {
  const headers = { cookie }
  const http = new RollcallHttp({ origin, headers, timeoutMs: 10_000 })
  const connection = new RollcallConnection({
    url: `${origin.replace(/^http/, 'ws')}/api/ws`,
    open: (url) => new WebSocket(url, { headers, perMessageDeflate: false, handshakeTimeout: 10_000 }),
    checkSession: () => http.checkSession(),
  })
  return { connection, http }
}
