import { useRef, useState } from 'react'
import type { FormEvent } from 'react'

import type { FieldFaultText } from '../ui/field.tsx'
import { faultsOf } from './faults.ts'
import type { Faults } from './faults.ts'

const NONE: Faults = { fields: {} }

/**
 * One form's life: the fields keep their own values, so that what was typed or filled in stays, whatever comes back.
 * `submit` throws what the server said, or returns the faults that it found itself.
 */
export function useForm<Name extends string>(
  names: readonly Name[],
  submit: (value: (name: Name) => string, form: HTMLFormElement) => Promise<Faults | undefined>,
) {
  const [faults, setFaults] = useState(NONE)
  const [busy, setBusy] = useState(false)
  const sending = useRef(false)

  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    if (sending.current) return
    const form = event.currentTarget
    sending.current = true
    setBusy(true)
    setFaults(NONE)
    let found: Faults
    try {
      found = (await submit((name) => valueOf(form, name), form)) ?? NONE
    } catch (error) {
      found = faultsOf(error, names)
    }
    sending.current = false
    setBusy(false)
    setFaults(found)
    const faulty = names.find((name) => found.fields[name] !== undefined) ?? (found.form && names.at(-1))
    if (faulty) inputOf(form, faulty)?.focus()
  }

  const onInput = (event: FormEvent<HTMLFormElement>): void => {
    const { target } = event
    if (target instanceof HTMLInputElement) setFaults((before) => without(before, target.name))
  }

  const first = names.find((name) => faults.fields[name] !== undefined)
  const fault = (name: Name): FieldFaultText | undefined => {
    const text = faults.fields[name]
    return text === undefined ? undefined : { text, alert: faults.form === undefined && name === first }
  }
  return {
    busy,
    formFault: faults.form,
    fault,
    props: {
      noValidate: true,
      onSubmit: (event: FormEvent<HTMLFormElement>) => void onSubmit(event),
      onInput,
    },
  }
}

function valueOf(form: HTMLFormElement, name: string): string {
  return inputOf(form, name)?.value ?? ''
}

function inputOf(form: HTMLFormElement, name: string): HTMLInputElement | undefined {
  const input = form.elements.namedItem(name)
  return input instanceof HTMLInputElement ? input : undefined
}

function without(faults: Faults, name: string): Faults {
  if (faults.fields[name] === undefined) return faults
  const { [name]: _, ...fields } = faults.fields
  return { ...faults, fields }
}
