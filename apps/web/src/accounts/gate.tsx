import './accounts.css'
import type { ReactNode } from 'react'

import { useTitle } from '../ui/use-title.ts'
import { Mark } from '../ui/icons.tsx'

/** The frame of the two pages in front of everything else. */
export function Gate({
  title,
  lead,
  notice,
  other,
  children,
}: {
  title: string
  lead: string
  notice?: string | undefined
  other: ReactNode
  children: ReactNode
}) {
  useTitle(title)
  return (
    <main className="gate">
      <div className="gate-body">
        <p className="gate-brand">
          <Mark />
          Rollcall
        </p>
        {notice !== undefined && <p className="notice">{notice}</p>}
        <div className="card gate-card">
          <div className="gate-title">
            <h1>{title}</h1>
            <p className="muted">{lead}</p>
          </div>
          {children}
        </div>
        <p className="gate-other">{other}</p>
      </div>
    </main>
  )
}
