/** Close codes with a meaning, as a client reads them. */
export const CloseCode = {
  /** Ten messages in a row were not understood. */
  notOurProtocol: 4400,
  /** The session has ended: log in, do not reconnect. */
  sessionEnded: 4401,
  /** A message was longer than {@link MAX_CLIENT_MESSAGE_BYTES}. */
  messageTooLong: 1009,
  /** The process restarts: come back after a random 0 to 1 s, then 0 to 2 s. */
  restarting: 1012,
  /** A limit was passed: come back later. */
  overloaded: 1013,
} as const

export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]
