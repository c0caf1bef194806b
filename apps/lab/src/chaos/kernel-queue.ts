import { readFile } from 'node:fs/promises'

/** Of each connection of this machine: local and remote port, and what waits to be sent, and to be read. */
const LINE = /^ *\d+: \w+:(\w{4}) \w+:(\w{4}) \w\w (\w{8}):(\w{8}) /gm

/**
 * What one side of a connection on this machine has sent and the other has not read: the bytes that wait in the kernel on either side.
 * @see https://docs.kernel.org/networking/proc_net_tcp.html
 */
export async function kernelQueue(from: number, to: number): Promise<number> {
  const tables = await Promise.all(
    // Without IPv6 there is no second table.
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  )
  let bytes = 0
  for (const [, local = '', remote = '', unsent = '', unread = ''] of tables.join('\n').matchAll(LINE)) {
    const ports = [local, remote].map((hex) => Number.parseInt(hex, 16))
    if (ports[0] === from && ports[1] === to) bytes += Number.parseInt(unsent, 16)
    if (ports[0] === to && ports[1] === from) bytes += Number.parseInt(unread, 16)
  }
  return bytes
}
