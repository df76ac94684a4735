import type { DeviceConfigurationRow } from './configuration-queries.ts'

export const PROVISIONING_STATUSES = ['pending', 'provisioned', 'needs_update'] as const
export type ProvisioningStatus = (typeof PROVISIONING_STATUSES)[number]

/**
 * How far a device is: never asked, has what it should have, or has something older (S3-52, C-47). One that was changed before it ever asked
 * has to come for its files like one that has old ones (S3-50).
 * @param digest of what it would be given now
 */
export function provisioningStatus(configuration: DeviceConfigurationRow, digest: string): ProvisioningStatus {
  if (configuration.fetched_digest === null) return configuration.revised_at === null ? 'pending' : 'needs_update'
  return configuration.fetched_digest === digest ? 'provisioned' : 'needs_update'
}
