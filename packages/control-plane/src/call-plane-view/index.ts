export { createCallPlaneView } from './call-plane-view.ts'
export type { CallPlaneView, ConfiguredCarrier } from './call-plane-view.ts'
