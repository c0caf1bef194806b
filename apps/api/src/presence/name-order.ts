import { nameKey } from '@rollcall/protocol'

/** {@link nameKey}, at once for the names that most people have: what ASCII folds to is its lower case. */
export function orderKey(name: string): string {
  return /^[ -~]*$/.test(name) ? name.toLowerCase() : nameKey(name)
}
