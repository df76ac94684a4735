import { err, ok, type Result } from '@dialtone/foundation'
import { checkAddress, checkE911Address, type E911Address, FieldReader, NO_ADDRESS, NOBODY, readAddress } from '../addresses/index.ts'
import { type ApiFailure, type FieldProblem, fieldRequired, invalidFields } from '../failures/index.ts'

/** Who has a number and where: what the losing carrier compares in a port (S1-76, S1-80, S1-81). */
export interface CustomerServiceRecord extends E911Address {
  /** The name shown to called parties: at most 15 characters (S1-80, C-37). */
  readonly customerName: string
  readonly blockCustomerName: boolean
  /** Of a second person at the address. */
  readonly firstNameSecondary?: string
}

const CUSTOMER_NAME = /^[A-Za-z0-9 &.'-]{0,15}$/

export function isCallerName(value: unknown): value is string {
  return typeof value === 'string' && CUSTOMER_NAME.test(value)
}

export function readCustomerServiceRecord(input: unknown): Result<CustomerServiceRecord, ApiFailure> {
  if (typeof input !== 'object' || input === null || Object.keys(input).length === 0) return err(fieldRequired('customerServiceRecord'))
  const address = readAddress(input)
  if (!address.ok) return err(invalidFields(within('customerServiceRecord', address.error)))
  const fields = new FieldReader(input as Record<string, unknown>)
  const firstNameSecondary = fields.text('firstNameSecondary')
  const record: CustomerServiceRecord = {
    ...address.value,
    customerType: address.value.customerType === '' ? (address.value.businessName === '' ? 'RESIDENTIAL' : 'BUSINESS') : address.value.customerType,
    customerName: fields.text('customerName'),
    blockCustomerName: fields.flag('blockCustomerName'),
    ...(firstNameSecondary === '' ? {} : { firstNameSecondary }),
  }
  const problems = [...fields.problems, ...personProblems(record), ...checkAddress(record)]
  return problems.length === 0 ? ok(record) : err(invalidFields(within('customerServiceRecord', problems)))
}

function personProblems(record: CustomerServiceRecord): FieldProblem[] {
  const problems: FieldProblem[] = []
  const needed = record.customerType === 'BUSINESS' ? (['businessName'] as const) : (['firstName', 'lastName'] as const)
  for (const field of needed) {
    const code = `${field.charAt(0).toUpperCase()}${field.slice(1)}Required`
    if (record[field] === '') problems.push({ field, code, reason: 'is missing', rule: `required for a ${record.customerType} customer` })
  }
  if (!CUSTOMER_NAME.test(record.customerName)) {
    problems.push({
      field: 'customerName',
      code: 'InvalidCustomerName',
      reason: 'cannot be shown as a caller name',
      rule: 'at most 15 letters, digits and spaces',
    })
  }
  return problems
}

/**
 * The E911 record of a number: what was given, else the customer service record, else the account's service address (C-36).
 * @param given flat or nested; undefined when the request has none.
 */
export function readE911Address(given: unknown, fallback: E911Address): Result<E911Address, ApiFailure> {
  if (given === undefined || (typeof given === 'object' && given !== null && Object.keys(given).length === 0)) return ok(e911Of(fallback))
  const address = readAddress(given)
  if (!address.ok) return err(invalidFields(within('e911Address', address.error)))
  const problems = checkE911Address(address.value)
  return problems.length === 0 ? ok(e911Of(address.value)) : err(invalidFields(within('e911Address', problems)))
}

/** Whether help can be sent there: what decides `e911Registered`. */
export function isRegistrable(address: E911Address): boolean {
  return checkE911Address(address).length === 0
}

/** Only the members of an E911 record, whatever else the source carried; the record of a number that was imported has not all of them. */
function e911Of(source: Partial<E911Address>): E911Address {
  const empty: E911Address = { ...NO_ADDRESS, ...NOBODY }
  const members = Object.entries(empty).map(([member, nothing]) => [member, source[member as keyof E911Address] ?? (nothing as unknown)] as const)
  return Object.fromEntries(members) as unknown as E911Address
}

function within(parent: string, problems: readonly FieldProblem[]): FieldProblem[] {
  return problems.map((problem) => ({ ...problem, field: `${parent}.${problem.field}` }))
}
