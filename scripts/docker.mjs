import { run } from './child.mjs'

/**
 * Starts a container that goes when it is stopped, its port on a free one of loopback.
 * @param {string} image
 * @param {number} inside the port it listens on
 * @param {Record<string, string>} variables
 * @param {string} ready what it says when it can be used
 * @returns {Promise<{ number: number, stop: () => Promise<void> } | null>} null where Docker is not there or does not run it
 */
export async function startContainer(image, inside, variables, ready) {
  const docker = (/** @type {string[]} */ ...args) => run('docker', args, { timeoutMs: 5 * 60_000 })
  if ((await docker('info')).code !== 0) return null
  console.log(`Starting ${image} in Docker, for the tests…`)
  const env = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const started = await docker('run', '-d', '--rm', '-p', `127.0.0.1::${inside}`, ...env, image)
  // The last line is its id; a pull speaks before it.
  const id = started.output.trim().split('\n').at(-1) ?? ''
  if (started.code !== 0) {
    console.error(started.output.slice(-2000))
    return null
  }
  const stop = async () => {
    await docker('rm', '-f', id)
  }
  const deadline = Date.now() + 60_000
  while (!(await docker('logs', id)).output.includes(ready)) {
    if (Date.now() > deadline) {
      await stop()
      return null
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const { output } = await docker('port', id, String(inside))
  return { number: Number(output.trim().split('\n')[0]?.split(':').at(-1)), stop }
}
