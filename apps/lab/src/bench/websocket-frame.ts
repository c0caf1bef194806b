export const Opcode = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const

const FINAL = 0x80
const MASKED = 0x80
const SHORT = 125

/** A whole frame. A client's is masked, here with zeros, which leave its bytes as they are. */
export function websocketFrame(opcode: number, payload: Buffer, from: 'client' | 'server'): Buffer {
  const mask = from === 'client' ? MASKED : 0
  const size = payload.length
  if (size > 0xffff) throw new RangeError(`A frame of ${size} bytes is longer than any that is needed here.`)
  const head =
    size <= SHORT
      ? [FINAL | opcode, mask | size]
      : [FINAL | opcode, mask | 126, Math.floor(size / 256), size % 256]
  return Buffer.concat([Buffer.from(head), Buffer.alloc(from === 'client' ? 4 : 0), payload])
}
