import { onTestFinished } from 'vitest'

import { Directory } from '../directory.ts'
import { SmallWorld } from './small-world.ts'

export const ME = 'me'

/** A list of `online` and `offline` made-up people and me, opened. */
export async function opened(
  online: number,
  offline: number,
): Promise<{ world: SmallWorld; directory: Directory }> {
  const world = new SmallWorld()
  world.add(ME, 'm.me', 'online')
  for (let i = 0; i < online + offline; i++) world.add(`u${i}`, nameOf(i), i < online ? 'online' : 'offline')
  const directory = new Directory({ http: world.http, live: world.live, me: { id: ME, username: 'm.me' } })
  onTestFinished(directory.start())
  world.connect(ME)
  await world.settled()
  return { world, directory }
}

/** Spreads over the alphabet, so that who is online is everywhere among the others. */
export function nameOf(i: number): string {
  return `${String.fromCharCode(97 + ((i * 7) % 26))}-${i}`
}

/** What stands in these rows: names, `-` for a heading, `?` for a gap. */
export function rows(directory: Directory, first = 0, last?: number): string[] {
  const { view } = directory.store.getState()
  const shown: string[] = []
  for (let index = first; index <= Math.min(last ?? view.size, view.size - 1); index++) {
    const row = view.rowAt(index)
    if (row.kind === 'heading') shown.push('-')
    else shown.push(row.kind === 'gap' ? '?' : `${row.user.username} ${row.user.status}`)
  }
  return shown
}

/** What should stand there. */
export function truth(world: SmallWorld): string[] {
  const line = ({ username, status }: { username: string; status: string }) => `${username} ${status}`
  const others = world.all().filter(({ id }) => id !== ME)
  const offline = others.filter(({ status }) => status === 'offline')
  return [
    'm.me online',
    ...others.filter(({ status }) => status === 'online').map(line),
    ...(offline.length > 0 ? ['-'] : []),
    ...offline.map(line),
  ]
}
