export { noticeOfIntegration } from './notice-of-integration.ts'
export type { IntegrationNotice } from './notice-of-integration.ts'
