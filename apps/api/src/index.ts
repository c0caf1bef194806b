export { readConfig, readEnvironment } from './config.ts'
export { MadeUpUsersRepository } from './directory/made-up-users-repository.ts'
export { type Database, openDatabase } from './platform/database.ts'
export { COOKIE, hashToken, newId, newToken, SECURE_COOKIE, signToken } from './platform/session-cookie.ts'
