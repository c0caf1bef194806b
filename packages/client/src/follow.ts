import type { RollcallConnection } from './connection.ts'
import type { Screen } from './screen.ts'

/**
 * Keeps a screen up to date by a connection.
 * @param changed called after whatever may show, with the ids of the users whose rows changed
 * @returns to stop it
 */
export function follow(
  connection: RollcallConnection,
  screen: Screen,
  changed: (ids: ReadonlySet<string>) => void = () => {},
): () => void {
  const after = (version: number, ids: ReadonlySet<string>) => {
    if (screen.version !== version) changed(ids)
  }
  const stops = [
    connection.on('message', (message) => {
      const { version } = screen
      after(version, screen.apply(message, Date.now()))
    }),
    connection.on('watch', (watch) => {
      const { version } = screen
      screen.watched(watch)
      after(version, new Set())
    }),
    connection.on('state', (state) => {
      const { version } = screen
      if (state.kind !== 'live') screen.lost()
      after(version, new Set())
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
