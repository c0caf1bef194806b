import { request } from 'node:http'

import type { z } from 'zod'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body as JSON; fails where it is none. */
  json<T>(schema: z.ZodType<T>): T
}

interface Ask {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A browser as far as cookies go, without its manners: it sends what it is told. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #address: string

  constructor(address: string) {
    this.#address = address
  }

  get cookie(): string {
    return Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ')
  }

  get(path: string, ask: Ask = {}): Promise<Answer> {
    return this.#send('GET', path, ask)
  }

  post(path: string, body: unknown, ask: Ask = {}): Promise<Answer> {
    return this.#send('POST', path, { ...ask, body })
  }

  put(path: string, body: unknown, ask: Ask = {}): Promise<Answer> {
    return this.#send('PUT', path, { ...ask, body })
  }

  delete(path: string, ask: Ask = {}): Promise<Answer> {
    return this.#send('DELETE', path, ask)
  }

  async #send(method: string, path: string, { body, headers = {} }: Ask): Promise<Answer> {
    const payload = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
    const cookie = this.cookie
    const answer = await exchange(this.#address, method, path, payload, {
      ...(payload === '' ? {} : { 'content-type': 'application/json' }),
      ...(cookie === '' ? {} : { cookie }),
      ...headers,
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.#keep(line)
    return answer
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';')
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals)
    if (/Max-Age=0|Expires=Thu, 01 Jan 1970/.test(line)) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(equals + 1))
  }
}

function exchange(
  address: string,
  method: string,
  path: string,
  payload: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, method, path, headers: { ...headers, 'content-length': Buffer.byteLength(payload) } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: (schema) => schema.parse(JSON.parse(text)),
          })
        })
      },
    )
    asked.on('error', reject)
    asked.end(payload)
  })
}
