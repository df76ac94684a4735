import type { RoutingForwardCode } from '@dialtone/call-routing'
import type { ForwardConfiguration, HuntGroup } from '../../business-line-hunt-groups/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { ServiceReader } from './service-reader.ts'

/** Star codes that forward the calls of hunt groups (public-spec section 11). */
export const forwardCodes: ServiceReader = async (sql, accountId) => {
  const [groups, forwards] = await Promise.all([
    configuredAttributes<HuntGroup>(sql, accountId, 'BUSINESS_LINE_HUNT_GROUP'),
    configuredAttributes<ForwardConfiguration>(sql, accountId, 'FORWARD_CONFIGURATION'),
  ])
  const active = new Set(groups.map(({ attributes }) => attributes.activeForwardConfigurationId))
  const codes = forwards.map(({ id, attributes }): [string, RoutingForwardCode] => [
    attributes.starCode,
    {
      configurationId: id,
      huntGroupId: attributes.huntGroupId,
      type: attributes.forwardConfigurationType,
      isActive: active.has(id),
    },
  ])
  return { forwardCodes: new Map(codes) }
}
