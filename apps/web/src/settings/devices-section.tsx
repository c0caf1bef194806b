import type { Device } from '@rollcall/protocol'
import { useEffect } from 'react'
import { useStore } from 'zustand'

import { FormAlert } from '../ui/field.tsx'
import { LastSeen } from '../ui/last-seen.tsx'
import { deviceName } from './device-name.ts'
import type { Devices } from './devices.ts'
import { Section } from './section.tsx'

/** Where one is logged in, and how to end it there. */
export function DevicesSection({ devices: store }: { devices: Devices }) {
  const { devices, fault, done } = useStore(store.store)
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void store.load()
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [store])
  const others = devices?.filter(({ current }) => !current) ?? []
  return (
    <Section title="Devices" lead="Where you are logged in. Ending one logs it out at once.">
      {fault !== undefined && <FormAlert>{fault}</FormAlert>}
      {devices !== undefined && (
        <ul className="devices">
          {devices.toSorted(currentFirst).map((device) => (
            <DeviceRow key={device.id} device={device} onEnd={() => void store.end(device)} />
          ))}
        </ul>
      )}
      <p className={done === '' ? 'visually-hidden' : 'notice notice-good'} aria-live="polite">
        {done}
      </p>
      {others.length > 1 && (
        <p>
          <button type="button" className="button" onClick={() => void store.endOthers()}>
            End all others
          </button>
        </p>
      )}
    </Section>
  )
}

function DeviceRow({ device, onEnd }: { device: Device; onEnd: () => void }) {
  const name = deviceName(device.userAgent)
  return (
    <li className="device">
      <div className="device-words">
        <p className="device-name">
          {name}
          {device.current && <span className="device-current">this device</span>}
        </p>
        <p className="device-when">
          {windows(device)}last used <LastSeen time={device.lastUsedAt} />, logged in{' '}
          <LastSeen time={device.createdAt} />
        </p>
      </div>
      {!device.current && (
        <button type="button" className="button button-small" aria-label={`End ${name}`} onClick={onEnd}>
          End
        </button>
      )}
    </li>
  )
}

function windows({ connections }: Device): string {
  if (connections === null || connections === 0) return ''
  return connections === 1 ? '1 window open, ' : `${connections} windows open, `
}

function currentFirst(one: Device, other: Device): number {
  if (one.current !== other.current) return one.current ? -1 : 1
  return Date.parse(other.lastUsedAt) - Date.parse(one.lastUsedAt)
}
