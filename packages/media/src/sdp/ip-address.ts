/** Whether the text is an IPv4 address in dotted decimal form. */
export function isIpv4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
}

/** Whether the text has the shape of an IPv6 address (not a host name, not IPv4). */
export function isIpv6(text: string): boolean {
  return text.includes(':') && /^[0-9a-f:.]{2,45}$/i.test(text)
}

/** 0.0.0.0 and ::, which in a description mean "send me nothing" (RFC 3264 8.4). */
export function isUnspecifiedAddress(text: string): boolean {
  return text === '0.0.0.0' || (isIpv6(text) && /^[0:]+$/.test(text))
}

/** Multicast and broadcast: never a phone, and a way to make us flood a network. */
export function isGroupAddress(text: string): boolean {
  if (isIpv4(text)) return Number(text.split('.')[0]) >= 224
  return isIpv6(text) && /^ff/i.test(text)
}

/** The family of an address, as `o=` and `c=` name it (RFC 8866 5.7). */
export type AddressType = 'IP4' | 'IP6'

export function addressTypeOf(address: string): AddressType {
  return isIpv6(address) ? 'IP6' : 'IP4'
}
