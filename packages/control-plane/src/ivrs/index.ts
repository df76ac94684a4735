export { ivrOperations } from './v2-routes.ts'
export type { Ivr, IvrComponent, IvrMapping } from './ivr.ts'
