export { openCertificate } from './open-certificate.ts'
export type { TlsIdentity } from './open-certificate.ts'
