/** What is used of a websocket: the browser's own, and `ws` in Node, both fit. */
export interface WebSocketLike {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void
  addEventListener(type: 'error', listener: () => void): void
  send(text: string): void
  close(code?: number): void
  /** Node only: does not wait for the other side. */
  terminate?(): void
}
