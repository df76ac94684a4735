export { onboardingOperations } from './v2-routes.ts'
