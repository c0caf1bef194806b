const FINAL_TEXT = 0x81
const FINAL_PING = 0x89
const SHORT = 125
const MEDIUM = 0xffff

/** A whole websocket text frame, header included: the same bytes for every socket that gets them. */
export function textFrame(text: string): Buffer {
  return frameBefore(text, 0)
}

/** The beginning of a text frame whose other `rest` bytes are written behind it, shared with other frames. */
export function frameBefore(text: string, rest: number): Buffer {
  const bytes = Buffer.byteLength(text)
  const length = bytes + rest
  const header = length <= SHORT ? 2 : length <= MEDIUM ? 4 : 10
  const frame = Buffer.allocUnsafe(header + bytes)
  frame[0] = FINAL_TEXT
  if (length <= SHORT) {
    frame[1] = length
  } else if (length <= MEDIUM) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(0, 2)
    frame.writeUInt32BE(length, 6)
  }
  frame.write(text, header)
  return frame
}

/** A ping without a body. */
export const PING = Buffer.from([FINAL_PING, 0])
