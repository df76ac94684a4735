/**
 * The form of a route plan: which carriers are tried, in order, for numbers that begin so. The longest prefix counts; an empty one is
 * everything else.
 */
export const ROUTE_PLAN_TEMPLATE = [
  'Prefix,Description,Carrier1,Carrier2,Carrier3',
  '1,United States and Canada,,,',
  '1800,Toll-free,,,',
  '1888,Toll-free,,,',
  '1877,Toll-free,,,',
  '1866,Toll-free,,,',
  '1855,Toll-free,,,',
  '1844,Toll-free,,,',
  '1833,Toll-free,,,',
  ',Everything else,,,',
  '',
].join('\r\n')
