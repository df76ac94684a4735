export { specialtyLineOperations } from './v2-routes.ts'
export { createSpecialtyLine } from './create-specialty-line.ts'
export type { SpecialtyLineAttributes } from './specialty-line.ts'
