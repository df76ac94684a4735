export { softphonesToApplyTask } from './apply-outstanding.ts'
export { shutOutSoftphone } from './change-softphone.ts'
export { dropSoftphone, keepSoftphone } from './user-softphone.ts'
export { userSoftphoneOperations } from './v2-routes.ts'
