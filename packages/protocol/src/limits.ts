/** The longest message a client may send, in bytes. */
export const MAX_CLIENT_MESSAGE_BYTES = 32 * 1024

/** The most users that one `watch` may name. */
export const MAX_WATCHED_USERS = 500

/** The most rows that one page of the directory or one stretch may ask for. */
export const MAX_ROWS = 200

/** Rows of a page where none are asked for. */
export const DEFAULT_ROWS = 50

/** Messages in a row that are not understood before the connection is closed with 4400. */
export const MAX_FAULTS_IN_A_ROW = 10
