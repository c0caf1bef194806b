import { CloseCode, MAX_FAULTS_IN_A_ROW, parseClientMessage } from '@rollcall/protocol'
import type { ClientMessage, ErrorMessage } from '@rollcall/protocol'
import type { RawData } from 'ws'

import { MessageBudget } from './message-budget.ts'
import type { Socket } from './socket.ts'
import { messageFrame } from './wire.ts'

export interface HearingOptions {
  readonly messagesPerSecond: number
  readonly beat: () => number
  readonly now: () => number
  readonly understood: (socket: Socket, message: ClientMessage) => void
  readonly close: (socket: Socket, code: CloseCode, reason: string) => void
}

const TEXT_ONLY = 'Binary messages are not understood. Allowed: text, one JSON object a message.'

/** What clients say: understood, or answered with what is wrong; too much of it, or of what is not understood, closes. */
export class Hearing {
  readonly #options: HearingOptions
  readonly #budget: MessageBudget

  constructor(options: HearingOptions) {
    this.#options = options
    this.#budget = new MessageBudget({ perSecond: options.messagesPerSecond })
  }

  message(socket: Socket, data: RawData, isBinary: boolean): void {
    if (!socket.isOpen || !this.#spend(socket)) return
    if (isBinary || !Buffer.isBuffer(data)) return this.#fault(socket, 'binary', TEXT_ONLY)
    const parsed = parseClientMessage(data.toString())
    if (!parsed.ok) return this.#fault(socket, parsed.code, parsed.reason)
    socket.faults = 0
    this.#options.understood(socket, parsed.message)
  }

  /** A ping costs as much as a message. */
  pinged(socket: Socket, data: Buffer): void {
    if (socket.isOpen && this.#spend(socket) && !socket.isSlow) socket.pong(data)
  }

  #spend(socket: Socket): boolean {
    const paidUntil = this.#budget.spend(socket.paidUntil, this.#options.now())
    if (paidUntil === null) this.#options.close(socket, CloseCode.overloaded, 'too many messages')
    else socket.paidUntil = paidUntil
    return paidUntil !== null
  }

  #fault(socket: Socket, code: ErrorMessage['code'], message: string): void {
    if (!socket.isSlow) socket.write(messageFrame({ type: 'error', code, message }), this.#options.beat())
    if (++socket.faults < MAX_FAULTS_IN_A_ROW) return
    const reason = `${MAX_FAULTS_IN_A_ROW} messages in a row were not understood`
    this.#options.close(socket, CloseCode.notOurProtocol, reason)
  }
}
