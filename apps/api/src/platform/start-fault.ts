import { DataDirError } from './data-dir.ts'
import { codeOf } from './database-error.ts'

interface Where {
  readonly host: string
  readonly port: number
}

/** Why the start failed, in one line for a person. */
export function explainStartFault(error: unknown, { host, port }: Where): string {
  if (error instanceof DataDirError) return error.message
  const code = codeOf(error)
  switch (code) {
    case 'EADDRINUSE':
      return `PORT ${port} on ${host} is taken by another program. Stop it, or set PORT to a free port.`
    case 'EACCES':
      return `PORT ${port} on ${host} may not be listened on by this user. Set PORT to 1024 or above.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST ${host} is no address of this machine. Allowed: one of its addresses, 127.0.0.1, or 0.0.0.0 for all.`
    default:
      break
  }
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim()
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code)
    ? `DATABASE_URL: the database refuses this process: ${reason} (${code}).`
    : `Rollcall could not start: ${reason}`
}
