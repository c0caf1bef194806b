import { useId } from 'react'
import type { ReactNode } from 'react'

export function Section({
  title,
  lead,
  danger = false,
  children,
}: {
  title: string
  lead?: string
  danger?: boolean
  children: ReactNode
}) {
  const id = useId()
  return (
    <section className={danger ? 'card section danger' : 'card section'} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {lead !== undefined && <p className="section-lead">{lead}</p>}
      {children}
    </section>
  )
}
