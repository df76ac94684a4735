export { isProgramKey } from './program-key-format.ts'
export { admitsAddress, findOAuthClient, findOAuthClientById, readProgramKey, readProgramKeyById } from './read-program-key.ts'
export type { ProgramKeyRow } from './read-program-key.ts'
export { programKeyOperations } from './v2-routes.ts'
