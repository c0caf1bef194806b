import { useId, useState } from 'react'
import type { ComponentProps, ReactNode } from 'react'

import { AlertIcon } from './icons.tsx'

interface FieldProps extends Omit<ComponentProps<'input'>, 'type'> {
  label: string
  name: string
  hint?: string | undefined
  fault?: FieldFaultText | undefined
  /** A password: hidden until its owner wants to see it. */
  secret?: boolean
}

/** What is wrong with a field. One of a form's faults is its alert, so that it is read out once. */
export interface FieldFaultText {
  text: string
  alert: boolean
}

export function Field({ label, name, hint, fault, secret = false, ...input }: FieldProps) {
  const id = useId()
  const [revealed, setRevealed] = useState(false)
  const describedBy = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div className="field-box">
        <input
          className="input"
          id={id}
          name={name}
          type={secret && !revealed ? 'password' : 'text'}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={fault === undefined ? undefined : true}
          aria-describedby={describedBy === '' ? undefined : describedBy}
          {...input}
        />
        {secret && (
          <button
            type="button"
            className="field-reveal"
            aria-controls={id}
            // Not “password”: the field alone bears that name.
            aria-label={revealed ? 'Hide characters' : 'Show characters'}
            onClick={() => setRevealed(!revealed)}
          >
            {revealed ? 'Hide' : 'Show'}
          </button>
        )}
      </div>
      {fault !== undefined && (
        <p className="field-fault" id={`${id}-fault`} role={fault.alert ? 'alert' : undefined}>
          <AlertIcon />
          <span>{fault.text}</span>
        </p>
      )}
    </div>
  )
}

export function FormAlert({ children }: { children: ReactNode }) {
  return (
    <div className="alert" role="alert">
      <AlertIcon />
      <span>{children}</span>
    </div>
  )
}
