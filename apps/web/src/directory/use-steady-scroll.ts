import { useLayoutEffect, useRef } from 'react'

import type { ListView } from './rows.ts'

interface Place {
  readonly key: string
  readonly index: number
}

/** So far a row is looked for; who moved further is not what is looked at any more. */
const REACH = 100

/** People come and go above what is looked at: it stays where it is, as a browser sees to it by itself where all rows are in the page. */
export function useSteadyScroll({
  view,
  top,
  rowHeight,
}: {
  view: ListView
  top: number
  rowHeight: number
}): void {
  const before = useRef<Place>(undefined)
  useLayoutEffect(() => {
    const scrolled = window.scrollY - top
    if (scrolled <= 0) {
      before.current = undefined
      return
    }
    const now = before.current && placeOf(before.current, view)
    const moved = now === undefined || before.current === undefined ? 0 : now.index - before.current.index
    if (moved !== 0) window.scrollBy({ top: moved * rowHeight, behavior: 'instant' })
    const index = Math.ceil(scrolled / rowHeight) + moved + 1
    const row = view.rowAt(Math.min(index, view.size - 1))
    before.current = row.kind === 'person' ? { key: row.key, index } : undefined
  })
}

function placeOf({ key, index }: Place, view: ListView): Place | undefined {
  for (let step = 0; step <= REACH; step++) {
    for (const at of step === 0 ? [index] : [index - step, index + step]) {
      if (at >= 0 && at < view.size && view.rowAt(at).key === key) return { key, index: at }
    }
  }
  return undefined
}
