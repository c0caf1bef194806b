import { readSetting, writeSetting } from './theme.ts'

const KEY = 'rollcall.announce'

/** Whether a screen reader is told who comes and goes. */
export function readAnnounce(): boolean {
  return readSetting(KEY) !== 'off'
}

export function chooseAnnounce(on: boolean): void {
  writeSetting(KEY, on ? null : 'off')
}
