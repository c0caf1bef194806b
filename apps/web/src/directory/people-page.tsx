import './people.css'
import '../ui/status-dot.css'
import type { User } from '@rollcall/protocol'
import { useCallback, useState } from 'react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'

import type { Live } from '../platform/live.ts'
import { ClockIcon, SearchIcon } from '../ui/icons.tsx'
import { PageHeading } from '../ui/page-heading.tsx'
import { clockTime } from '../ui/when.ts'
import type { Directory } from './directory.ts'
import { GapRow, PeopleList } from './people-list.tsx'

/** Everybody, those online first. */
export function PeoplePage({
  directory,
  live,
  me,
  status,
}: {
  directory: Directory
  live: Live
  me: User
  status: ReactNode
}) {
  const { view, query, isLoading, isFailing, isCut } = useStore(directory.store)
  const link = useStore(live.store, (state) => state.link)
  const asOf = useStore(live.store, (state) => state.asOf)
  const [text, setText] = useState(query)
  const onShow = useCallback((first: number, last: number) => directory.show(first, last), [directory])
  const onPointed = useCallback(() => directory.pointed(), [directory])
  const isCertain = link === 'live' || link === 'starting'
  const isBehind = !isCertain || asOf !== null

  return (
    <>
      <PageHeading title="People">{status}</PageHeading>
      <div className="people-search">
        <SearchIcon />
        <label className="visually-hidden" htmlFor="people-search">
          Search people
        </label>
        <input
          className="input"
          id="people-search"
          type="search"
          placeholder="Search people"
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="search"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            directory.search(event.currentTarget.value)
          }}
        />
      </div>
      <p className="people-counts">
        <Counts live={live} isCertain={isCertain} />
        {isBehind && asOf !== null && (
          <span className="people-as-of">
            <ClockIcon />
            as of {clockTime(asOf)}
          </span>
        )}
      </p>
      <p className="people-found" aria-live="polite">
        {query !== '' && !isLoading && found(view.people, view.size, query, isCut)}
      </p>
      {isFailing && <p className="notice">Not everybody can be loaded right now. Trying again…</p>}
      {isLoading ? (
        <Loading />
      ) : (
        <div className="people-box" data-behind={isBehind}>
          <PeopleList view={view} me={me.id} isCertain={isCertain} onShow={onShow} onPointed={onPointed} />
        </div>
      )}
      {!isLoading && query === '' && view.people === 1 && <Alone />}
    </>
  )
}

function Counts({ live, isCertain }: { live: Live; isCertain: boolean }) {
  const counts = useStore(live.store, (state) => state.counts)
  if (counts === undefined) return null
  const people = `${counts.total.toLocaleString('en')} ${counts.total === 1 ? 'person' : 'people'}`
  return (
    <>
      <span className="people-online" data-on={isCertain}>
        <span className="status-dot" data-on={isCertain} />
        {counts.online.toLocaleString('en')} {isCertain ? 'online now' : 'were online'}
      </span>
      <span>{people}</span>
    </>
  )
}

function found(people: number, rows: number, query: string, isCut: boolean): string {
  if (people === 0) return `Nobody’s name holds “${query}”.`
  if (isCut) return `More than ${rows.toLocaleString('en')} names hold “${query}”. Type more of the name.`
  if (people < 0) return `Many names hold “${query}”.`
  return people === 1 ? `One name holds “${query}”.` : `${people.toLocaleString('en')} names hold “${query}”.`
}

function Alone() {
  return (
    <div className="people-alone">
      <h2>You are the only one here.</h2>
      <p>
        Open a second window, a private one for instance, and sign up as somebody else: each window shows the
        other come and go.
      </p>
    </div>
  )
}

function Loading() {
  return (
    <div className="people-box" aria-hidden="true">
      <div className="people">
        {['one', 'two', 'three', 'four', 'five'].map((key) => (
          <div className="person" key={key}>
            <GapRow />
          </div>
        ))}
      </div>
    </div>
  )
}
