import type { Operation } from '../http/index.ts'
import { endUserActionOperations } from './v2-action-routes.ts'
import { endUserOperations as resourceOperations } from './v2-routes.ts'
import { endUserSettingOperations } from './v2-setting-routes.ts'

export { createEndUser } from './create-end-user.ts'
export { bodyOf as endUserBodyOf, EndUserBody, requestOf as endUserRequestOf } from './end-user-body.ts'
export { deleteEndUser } from './delete-end-user.ts'
export { findEndUser, lockEndUser } from './end-user-queries.ts'
export { EndUserView, viewsOf as endUserViews } from './end-user-view.ts'
export { sendWelcomeEmail } from './user-actions.ts'
export { updateEndUser } from './update-end-user.ts'
export const endUserOperations: readonly Operation[] = [...resourceOperations, ...endUserActionOperations, ...endUserSettingOperations]
