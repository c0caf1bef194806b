import './avatar.css'
import type { CSSProperties } from 'react'

import { hueOf, initialsOf } from './initials.ts'

/** Decoration beside a name: the colour belongs to the id, so it stays when a name looks like another. */
export function Avatar({ id, username }: { id: string; username: string }) {
  const style: CSSProperties & Record<'--hue', string> = { '--hue': String(hueOf(id)) }
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {initialsOf(username)}
    </span>
  )
}
