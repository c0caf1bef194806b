import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { CSSProperties, ReactNode } from 'react'

import { PersonRow } from './person-row.tsx'
import type { ListView, Row } from './rows.ts'
import { useSteadyScroll } from './use-steady-scroll.ts'

interface ListProps {
  view: ListView
  me: string
  isCertain: boolean
  onShow: (first: number, last: number) => void
  onPointed: () => void
}

/** Up to here every row is in the page, as a browser’s own search expects. */
const PLAIN_ROWS = 100
const ROW_REM = 3.75

export function PeopleList(props: ListProps) {
  return props.view.size <= PLAIN_ROWS ? <PlainList {...props} /> : <VirtualList {...props} />
}

function PlainList({ view, me, isCertain, onShow, onPointed }: ListProps) {
  useEffect(() => onShow(0, view.size - 1), [onShow, view])
  const rows = Array.from({ length: view.size }, (_, index) => view.rowAt(index))
  return (
    <ul className="people" aria-label="People" data-certain={isCertain} onPointerMove={onPointed}>
      {rows.map((row) => (
        <ListRow key={row.key} row={row} me={me} people={view.people} isCertain={isCertain} />
      ))}
    </ul>
  )
}

function VirtualList({ view, me, isCertain, onShow, onPointed }: ListProps) {
  const list = useRef<HTMLUListElement>(null)
  const [scrollMargin, setScrollMargin] = useState(0)
  const [rowHeight, setRowHeight] = useState(rowPixels)
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const virtualizer = useWindowVirtualizer({
    count: view.size,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin,
  })
  useLayoutEffect(() => {
    const measure = () => {
      const top = list.current?.getBoundingClientRect().top ?? 0
      setScrollMargin(Math.round(top + window.scrollY))
      setRowHeight(rowPixels())
    }
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [])
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight])

  useSteadyScroll({ view, top: scrollMargin, rowHeight })

  const items = virtualizer.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => onShow(first, last), [onShow, first, last])

  const seen = new Set<string>()
  return (
    <ul
      className="people people-virtual"

      aria-label="People"
      data-certain={isCertain}
      ref={list}
      onPointerMove={onPointed}
      style={{ blockSize: virtualizer.getTotalSize() }}
    >
      {items.map(({ index, start }) => {
        const row = once(view.rowAt(index), index, seen)
        const style: CSSProperties = { transform: `translateY(${start - scrollMargin}px)` }
        return (
          <ListRow key={row.key} row={row} me={me} people={view.people} isCertain={isCertain} style={style} />
        )
      })}
    </ul>
  )
}

function ListRow({
  row,
  me,
  people,
  isCertain,
  style,
}: {
  row: Row
  me: string
  people: number
  isCertain: boolean
  style?: CSSProperties
}) {
  if (row.kind === 'heading') {
    return (
      <li className="people-heading" aria-hidden="true" style={style}>
        {row.count.toLocaleString('en')} offline
      </li>
    )
  }
  let content: ReactNode
  if (row.kind === 'gap') content = <GapRow />
  else content = <PersonRow user={row.user} isMe={row.user.id === me} isCertain={isCertain} />
  return (
    <li
      className="person"
      aria-setsize={people}
      aria-posinset={row.position}
      aria-busy={row.kind === 'gap' || undefined}
      style={style}
    >
      {content}
    </li>
  )
}

export function GapRow() {
  return (
    <>
      <span className="person-avatar gap" />
      <span className="person-words">
        <span className="gap gap-name" />
        <span className="gap gap-status" />
      </span>
    </>
  )
}

/** Where two windows on a busy list overlap for a moment, a person still has one row. */
function once(row: Row, index: number, seen: Set<string>): Row {
  if (!seen.has(row.key)) {
    seen.add(row.key)
    return row
  }
  return { kind: 'gap', key: `again-${index}`, position: index + 1 }
}

function rowPixels(): number {
  return ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}
