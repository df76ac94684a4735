export { createTemplate, createTestDatabase, TEST_DATABASE_URL_VARIABLE } from './test-database.ts'
export type { TestDatabase } from './test-database.ts'
export { OPERATOR, startTestControlPlane } from './test-control-plane.ts'
export type { Answer, TestControlPlane } from './test-control-plane.ts'
