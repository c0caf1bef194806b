import { fstatSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

/** What waits for a reader who does not read; beyond it lines are dropped. */
const MAX_WAITING_BYTES = 1_000_000

export interface LogStream {
  write(line: string): void
  /** Waits for what was written, for at most `ms`. */
  flush(ms: number): Promise<void>
}

/**
 * Lines to a file descriptor. A pipe that nobody reads must neither freeze the process nor keep it from leaving: Node's own stdout blocks
 * there, and so does a thread that writes to it.
 */
export function openLogStream(fd: number): LogStream {
  const kind = fstatSync(fd)
  return kind.isFIFO() || kind.isSocket() ? pipeStream(fd) : fileStream(fd)
}

function fileStream(fd: number): LogStream {
  return {
    write: (line) => {
      try {
        writeSync(fd, line)
      } catch {
        // A full disk or a terminal that went away is no reason to stop.
      }
    },
    flush: () => Promise.resolve(),
  }
}

function pipeStream(fd: number): LogStream {
  const socket = new Socket({ fd, readable: false, writable: true })
  socket.unref()
  let dropped = 0
  socket.on('error', () => {})
  return {
    write: (line) => {
      if (socket.destroyed) return
      if (socket.writableLength > MAX_WAITING_BYTES) {
        dropped++
        return
      }
      if (dropped > 0) socket.write(`{"level":40,"msg":"${dropped} lines were dropped: nobody read them"}\n`)
      dropped = 0
      socket.write(line)
    },
    flush: async (ms) => {
      const until = performance.now() + ms
      while (!socket.destroyed && socket.writableLength > 0 && performance.now() < until) {
        // oxlint-disable-next-line no-await-in-loop
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}
