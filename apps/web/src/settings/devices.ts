import type { RollcallHttp } from '@rollcall/client'
import type { Device } from '@rollcall/protocol'
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'

import { faultsOf } from '../platform/faults.ts'

export interface DevicesState {
  readonly devices?: readonly Device[] | undefined
  readonly fault?: string | undefined
  /** What was just done, in words. */
  readonly done: string
}

/** Where one is logged in. */
export class Devices {
  readonly store: StoreApi<DevicesState> = createStore<DevicesState>(() => ({ done: '' }))
  readonly #http: RollcallHttp

  constructor({ http }: { http: RollcallHttp }) {
    this.#http = http
  }

  load(): Promise<void> {
    return this.#try(async () => {})
  }

  end({ id }: Device): Promise<void> {
    return this.#try(() => this.#http.endSession(id), 'That device is logged out.')
  }

  endOthers(): Promise<void> {
    return this.#try(() => this.#http.endOtherSessions(), 'All other devices are logged out.')
  }

  async #try(request: () => Promise<void>, done?: string): Promise<void> {
    try {
      await request()
      if (done !== undefined) this.store.setState({ done })
      this.store.setState({ devices: await this.#http.sessions(), fault: undefined })
    } catch (error) {
      this.store.setState({ fault: faultsOf(error, []).form })
    }
  }
}
