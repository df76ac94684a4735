export type { CallPlane, CallPlaneStatistics } from './call-plane.ts'
export { createCallPlane } from './create-call-plane.ts'
