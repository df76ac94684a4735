import type { TestControlPlane } from '@dialtone/testkit'
import { furnishPairs } from './furnished-pairs.ts'
import type { FurnishedTenant } from './furnished-tenant.ts'
import { writtenGroups } from './written-groups.ts'
import { writtenLines } from './written-lines.ts'
import { writtenPartition } from './written-partition.ts'
import { writtenPeople } from './written-people.ts'
import { writtenResources } from './written-resources.ts'
import type { WrittenThing } from './written-thing.ts'

/** Everything with fields of its own that the interface knows. */
export async function writtenThings(platform: TestControlPlane, tenant: FurnishedTenant): Promise<readonly WrittenThing[]> {
  const pairs = await furnishPairs(platform, tenant)
  return [writtenGroups, writtenLines, writtenPartition, writtenResources, writtenPeople].flatMap((things) => things(pairs))
}
