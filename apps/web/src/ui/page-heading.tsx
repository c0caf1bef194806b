import type { ReactNode } from 'react'

import { useTitle } from './use-title.ts'

/** The top of a page, and where the focus goes when one arrives at it. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  useTitle(title)
  return (
    <div className="page-heading">
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  )
}
