export { firstStart, isOperatorPassword } from './first-start.ts'
export type { FirstStart, FirstStartOptions } from './first-start.ts'
export { ensureDemoAccount } from './demo-account.ts'
export type { PhoneLogin } from './demo-account.ts'
