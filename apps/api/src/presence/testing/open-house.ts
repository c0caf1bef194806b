import { onTestFinished } from 'vitest'

import { PresenceHouse } from './presence-house.ts'

/** A house that is closed when the test is over, and not yet open: routes and hooks can still be added. */
export function newHouse(...options: ConstructorParameters<typeof PresenceHouse>): PresenceHouse {
  const house = new PresenceHouse(...options)
  onTestFinished(() => house.close())
  return house
}

/** An open house that is closed when the test is over. */
export async function openHouse(
  ...options: ConstructorParameters<typeof PresenceHouse>
): Promise<PresenceHouse> {
  return await newHouse(...options).open()
}
