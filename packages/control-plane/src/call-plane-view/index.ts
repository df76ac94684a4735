export { createCallPlaneView } from './call-plane-view.ts'
export type { ResolveHost } from './host-book.ts'
export type { AccountPicture } from './account-picture.ts'
export type { CallPlaneChange, CallPlaneReplicas, CallPlaneView, ConfiguredCarrier } from './call-plane-view.ts'
