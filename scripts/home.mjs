import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

import { state } from './paths.mjs'

/**
 * Where npm and pnpm keep what they download, when the home folder cannot be written: inside the checkout. Empty otherwise.
 * @returns {NodeJS.ProcessEnv}
 */
export function homeSubstitutes() {
  const home = homeOrNone()
  const cache = process.env['npm_config_cache'] ?? (home && join(home, '.npm'))
  const npm = isWritable(cache) ? {} : { npm_config_cache: join(state, 'npm') }
  const folders = isWritable(home && join(home, '.local/share')) && isWritable(home && join(home, '.cache'))
  const own = {
    XDG_DATA_HOME: join(state, 'home/data'),
    XDG_CACHE_HOME: join(state, 'home/cache'),
    XDG_STATE_HOME: join(state, 'home/state'),
  }
  return { ...npm, ...(folders ? {} : own) }
}

/** @param {string} path of what exists or is to be made */
function isWritable(path) {
  if (path === '') return false
  let nearest = path
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  try {
    accessSync(nearest, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function homeOrNone() {
  try {
    return homedir()
  } catch {
    return ''
  }
}
