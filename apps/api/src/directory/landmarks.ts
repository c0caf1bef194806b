import type { Logger } from 'pino'

/** Up to so many accounts ranks are counted from the start. */
const COUNTED_UP_TO = 2000
/** How many landmarks at most: their distance is how many names are passed over to reach a rank. */
const LANDMARKS = 4096
const LEAST_DISTANCE = 256
/** New landmarks are set after so many times what setting them took. */
const REST = 50
const LEAST_REST_MS = 1000
/** A list that grew or shrank by more than a twentieth is another. */
const CHANGED_MUCH = 1 / 20

interface LandmarksOptions {
  /** The folded names at the ranks `every`, 2 × `every`, …. */
  readonly survey: (every: number) => Promise<string[]>
  readonly now?: () => number
  readonly log: Pick<Logger, 'warn'>
}

interface Survey {
  readonly total: number
  readonly every: number
  readonly keys: readonly string[]
  readonly at: number
  readonly took: number
}

/** A name near a rank, and how many to pass over from behind it; '' is the very beginning. */
export interface Landing {
  readonly after: string
  readonly skip: number
}

/** Names at known ranks, so that a long list can be entered anywhere without counting to there. */
export class Landmarks {
  readonly #options: Required<LandmarksOptions>
  #map: Survey | undefined
  #surveying: Promise<Survey> | undefined

  constructor({ now = () => performance.now(), ...options }: LandmarksOptions) {
    this.#options = { now, ...options }
  }

  /**
   * Where to begin for the rank `at` among `total` accounts, leaving out those that `leftOut` counts: how many of them are up
   * to a folded name, itself included. Exact for short lists, else as of the last survey, which is at most some seconds old while ranks are asked for.
   * @throws what the database answered to the first survey.
   */
  async find(at: number, total: number, leftOut: (key: string) => number): Promise<Landing> {
    if (total <= COUNTED_UP_TO) return { after: '', skip: Math.min(at, total) }
    const map = await this.#current(total)
    const stretched = total / map.total
    const rank = (index: number) => {
      const key = map.keys[index]
      return key === undefined ? Infinity : Math.round((index + 1) * map.every * stretched) + 1 - leftOut(key)
    }
    let low = 0
    let high = map.keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (rank(middle) <= at) low = middle + 1
      else high = middle
    }
    const key = map.keys[low - 1]
    if (key === undefined) return { after: '', skip: at }
    return { after: key, skip: at - rank(low - 1) }
  }

  async #current(total: number): Promise<Survey> {
    const map = this.#map
    if (map === undefined || Math.abs(total - map.total) > map.total * CHANGED_MUCH)
      return this.#survey(total)
    const rest = Math.max(LEAST_REST_MS, map.took * REST)
    if (map.total !== total && this.#options.now() - map.at > rest) {
      this.#survey(total).catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'ranks are as of earlier')
      })
    }
    return map
  }

  #survey(total: number): Promise<Survey> {
    this.#surveying ??= this.#surveyOnce(total).finally(() => {
      this.#surveying = undefined
    })
    return this.#surveying
  }

  async #surveyOnce(total: number): Promise<Survey> {
    const begun = this.#options.now()
    const every = Math.max(LEAST_DISTANCE, Math.ceil(total / LANDMARKS))
    const keys = await this.#options.survey(every)
    const at = this.#options.now()
    this.#map = { total, every, keys, at, took: at - begun }
    return this.#map
  }
}
