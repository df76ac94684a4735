export { isProgramKey } from './program-key-format.ts'
export { readProgramKey, readProgramKeyById } from './read-program-key.ts'
