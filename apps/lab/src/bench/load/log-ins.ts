import { setTimeout as sleep } from 'node:timers/promises'

const PASSWORD = 'correct horse battery'
const STEP_MS = 10

/** People with passwords, and how they log in. */
export class LogIns {
  done = 0
  refused = 0
  readonly #origin: string
  readonly #names: readonly string[]
  #next = 0
  #isOver = false

  private constructor(origin: string, names: readonly string[]) {
    this.#origin = origin
    this.#names = names
  }

  /** Signs so many people up. */
  static async open(port: number, people: number): Promise<LogIns> {
    const some = Math.random().toString(36).slice(2, 8)
    const names = Array.from({ length: people }, (_, n) => `login-${some}-${n}`)
    const logIns = new LogIns(`http://127.0.0.1:${port}`, names)
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop
      const status = await logIns.#post('signup', name)
      if (status !== 201) throw new Error(`A sign-up was answered with ${status}.`)
    }
    return logIns
  }

  /** So many at a time, each as soon as the one before is answered, until it is over. */
  async closely(atOnce: number): Promise<void> {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        // oxlint-disable-next-line no-await-in-loop
        while (!this.#isOver) await this.#logIn()
      }),
    )
  }

  /** So many a second, whether or not those before are answered, until it is over. */
  async at(rate: number): Promise<void> {
    const begun = performance.now()
    const all: Promise<void>[] = []
    while (!this.#isOver) {
      const due = ((performance.now() - begun) / 1_000) * rate
      while (all.length < due) all.push(this.#logIn())
      // oxlint-disable-next-line no-await-in-loop
      await sleep(STEP_MS)
    }
    await Promise.all(all)
  }

  end(): void {
    this.#isOver = true
  }

  async #logIn(): Promise<void> {
    const status = await this.#post('login', this.#names[this.#next++ % this.#names.length] ?? '')
    if (status === 200) this.done++
    else this.refused++
  }

  async #post(route: 'signup' | 'login', username: string): Promise<number> {
    const answer = await fetch(`${this.#origin}/api/auth/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: PASSWORD }),
    })
    await answer.arrayBuffer()
    return answer.status
  }
}
