export { sipTrunkGroupOperations } from './v2-routes.ts'
export { rulesOf } from './sip-trunk-group.ts'
export type { SipTrunkGroup } from './sip-trunk-group.ts'
