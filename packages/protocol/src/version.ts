/** The version of the wire: a client that does not know it should stop and say so. */
export const PROTOCOL_VERSION = 1

/** The websocket subprotocol that names this version; asking for it is optional. */
export const SUBPROTOCOL = 'rollcall.v1'
