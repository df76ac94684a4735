import type { CountryCode } from '../reference-data/index.ts'

/** A rate centre of the sandbox's carrier and the exchanges it has numbers in. */
export interface SandboxRateCenter {
  readonly name: string
  readonly state: string
  readonly country: CountryCode
  /** Local access and transport area; Canada has one for the whole country. */
  readonly lata: string
  readonly latitude: number
  readonly longitude: number
  /** NPA-NXX, six digits. */
  readonly exchanges: readonly string[]
}

/** LATA of every Canadian number. */
const CANADA = '888'

/**
 * BINGHAMTON carries the LATA and the exchange 123 of S2-06 … S2-09 (the real LATA is 138, and no real exchange begins with 1). PLEASANT GROVE is the centre of S1-71;
 * Lindon (S1-67) lies in it. All others are as in the public tables, with the city for the rate centre.
 */
// prettier-ignore
export const SANDBOX_RATE_CENTERS: readonly SandboxRateCenter[] = [
  { name: 'BINGHAMTON', state: 'NY', country: 'USA', lata: '132', latitude: 42.1151, longitude: -75.8876, exchanges: ['607123', '607217', '607722', '607723', '607772'] },
  { name: 'ENDICOTT', state: 'NY', country: 'USA', lata: '138', latitude: 42.0984, longitude: -76.0494, exchanges: ['607748', '607754'] },
  { name: 'ITHACA', state: 'NY', country: 'USA', lata: '138', latitude: 42.4474, longitude: -76.4837, exchanges: ['607272', '607277'] },
  { name: 'PLEASANT GROVE', state: 'UT', country: 'USA', lata: '660', latitude: 40.3641, longitude: -111.7385, exchanges: ['801769', '801785', '385273'] },
  { name: 'AMERICAN FORK', state: 'UT', country: 'USA', lata: '660', latitude: 40.3928, longitude: -111.7941, exchanges: ['801756', '801763', '385374'] },
  { name: 'OREM', state: 'UT', country: 'USA', lata: '660', latitude: 40.2972, longitude: -111.6705, exchanges: ['801226', '801802'] },
  { name: 'PROVO', state: 'UT', country: 'USA', lata: '660', latitude: 40.2347, longitude: -111.6447, exchanges: ['801373', '801377'] },
  { name: 'SALT LAKE CITY', state: 'UT', country: 'USA', lata: '660', latitude: 40.6916, longitude: -111.9008, exchanges: ['801328', '385468'] },
  { name: 'NEW YORK', state: 'NY', country: 'USA', lata: '132', latitude: 40.7583, longitude: -73.9772, exchanges: ['646434', '212486'] },
  { name: 'SYRACUSE', state: 'NY', country: 'USA', lata: '136', latitude: 43.0444, longitude: -76.1486, exchanges: ['315476'] },
  { name: 'BOSTON', state: 'MA', country: 'USA', lata: '128', latitude: 42.3576, longitude: -71.0598, exchanges: ['617345'] },
  { name: 'PHILADELPHIA', state: 'PA', country: 'USA', lata: '228', latitude: 40.0018, longitude: -75.1459, exchanges: ['215335'] },
  { name: 'MIAMI', state: 'FL', country: 'USA', lata: '460', latitude: 25.7743, longitude: -80.2059, exchanges: ['305373'] },
  { name: 'ATLANTA', state: 'GA', country: 'USA', lata: '438', latitude: 33.8444, longitude: -84.3896, exchanges: ['404541'] },
  { name: 'CHARLOTTE', state: 'NC', country: 'USA', lata: '422', latitude: 35.2271, longitude: -80.8209, exchanges: ['704348'] },
  { name: 'NASHVILLE', state: 'TN', country: 'USA', lata: '470', latitude: 36.1798, longitude: -86.7852, exchanges: ['615329'] },
  { name: 'DETROIT', state: 'MI', country: 'USA', lata: '340', latitude: 42.3314, longitude: -83.0827, exchanges: ['313554'] },
  { name: 'COLUMBUS', state: 'OH', country: 'USA', lata: '324', latitude: 39.969, longitude: -83.0114, exchanges: ['614291'] },
  { name: 'CHICAGO', state: 'IL', country: 'USA', lata: '358', latitude: 41.8786, longitude: -87.6512, exchanges: ['312640'] },
  { name: 'MINNEAPOLIS', state: 'MN', country: 'USA', lata: '628', latitude: 44.98, longitude: -93.2683, exchanges: ['612343'] },
  { name: 'ST LOUIS', state: 'MO', country: 'USA', lata: '520', latitude: 38.6442, longitude: -90.2544, exchanges: ['314384'] },
  { name: 'DALLAS', state: 'TX', country: 'USA', lata: '552', latitude: 32.7673, longitude: -96.7776, exchanges: ['214351'] },
  { name: 'HOUSTON', state: 'TX', country: 'USA', lata: '560', latitude: 29.834, longitude: -95.4342, exchanges: ['713571'] },
  { name: 'DENVER', state: 'CO', country: 'USA', lata: '656', latitude: 39.7392, longitude: -104.9847, exchanges: ['303388'] },
  { name: 'PHOENIX', state: 'AZ', country: 'USA', lata: '666', latitude: 33.4484, longitude: -112.074, exchanges: ['602296'] },
  { name: 'LAS VEGAS', state: 'NV', country: 'USA', lata: '721', latitude: 36.175, longitude: -115.1414, exchanges: ['702435'] },
  { name: 'BOISE', state: 'ID', country: 'USA', lata: '652', latitude: 43.5885, longitude: -116.244, exchanges: ['208345'] },
  { name: 'LOS ANGELES', state: 'CA', country: 'USA', lata: '730', latitude: 34.0522, longitude: -118.2549, exchanges: ['323272'] },
  { name: 'SAN FRANCISCO', state: 'CA', country: 'USA', lata: '722', latitude: 37.7749, longitude: -122.4194, exchanges: ['415487'] },
  { name: 'PORTLAND', state: 'OR', country: 'USA', lata: '672', latitude: 45.5235, longitude: -122.6762, exchanges: ['503275'] },
  { name: 'SEATTLE', state: 'WA', country: 'USA', lata: '674', latitude: 47.6062, longitude: -122.3321, exchanges: ['206324'] },
  { name: 'ANCHORAGE', state: 'AK', country: 'USA', lata: '832', latitude: 61.19, longitude: -149.8938, exchanges: ['907275'] },
  { name: 'HONOLULU', state: 'HI', country: 'USA', lata: '834', latitude: 21.3062, longitude: -157.8585, exchanges: ['808547'] },
  { name: 'TORONTO', state: 'ON', country: 'CAN', lata: CANADA, latitude: 43.6918, longitude: -79.3901, exchanges: ['416489'] },
  { name: 'OTTAWA-HULL', state: 'ON', country: 'CAN', lata: CANADA, latitude: 45.3778, longitude: -75.6901, exchanges: ['613563'] },
  { name: 'MONTREAL', state: 'QC', country: 'CAN', lata: CANADA, latitude: 45.5141, longitude: -73.6229, exchanges: ['514396'] },
  { name: 'HALIFAX', state: 'NS', country: 'CAN', lata: CANADA, latitude: 44.6408, longitude: -63.5929, exchanges: ['902445'] },
  { name: 'WINNIPEG', state: 'MB', country: 'CAN', lata: CANADA, latitude: 49.8826, longitude: -97.1561, exchanges: ['204477'] },
  { name: 'CALGARY', state: 'AB', country: 'CAN', lata: CANADA, latitude: 51.0472, longitude: -114.0787, exchanges: ['403252'] },
  { name: 'VANCOUVER', state: 'BC', country: 'CAN', lata: CANADA, latitude: 49.2701, longitude: -123.1151, exchanges: ['604608'] },
]
