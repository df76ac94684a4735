/** Who has a number and where, twice, with nothing left out and nothing alike. */
const ADDRESSES = [
  { firstName: 'John', middleInitial: 'Q', lastName: 'Smith', businessName: 'Smith Inc', customerType: 'RESIDENTIAL', streetNumber: '333', streetNumberSuffix: 'A', preDirectional: 'S', streetName: '520', streetSuffix: 'ST', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042', secondaryLocationDescription: 'APARTMENT', unit: '9', location: 'by the stairs', latitude: '40.3433', longitude: '-111.7208', language: 'en' }, // prettier-ignore
  { firstName: 'Jane', middleInitial: 'X', lastName: 'Jones', businessName: 'Jones Inc', customerType: 'BUSINESS', streetNumber: '12', streetNumberSuffix: 'B', preDirectional: 'N', streetName: 'King', streetSuffix: 'AVE', postDirectional: 'E', city: 'Toronto', state: 'ON', country: 'CAN', postalCode: 'M5V 1A1', secondaryLocationDescription: 'FLOOR', unit: '3', location: 'behind the bar', latitude: '43.6453', longitude: '-79.3953', language: 'fr' }, // prettier-ignore
] as const

export const RECORDS = [
  { ...ADDRESSES[0], firstNameSecondary: 'Mary', customerName: 'Smith John', blockCustomerName: true },
  { ...ADDRESSES[1], firstNameSecondary: 'Paul', customerName: 'Jones Jane', blockCustomerName: false },
] as const
export const LISTINGS = [
  { listed: true, type: 'LIST_PUBLISH', name: 'Smith', address: ADDRESSES[0] },
  { listed: true, type: 'LIST_NOT_PUBLISH', name: 'Jones', address: ADDRESSES[1] },
] as const
export { ADDRESSES }
