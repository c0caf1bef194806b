import { fileURLToPath } from 'node:url'

/** What Node runs as a process of the product … */
export const PRODUCT = fileURLToPath(new URL('../../api/src/main.ts', import.meta.url))
/** … and with what: as `npm start` and the image do. */
export const PRODUCT_FLAGS: readonly string[] = ['--min-semi-space-size=4', '--max-semi-space-size=4']
