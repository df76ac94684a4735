/** What a phone says of itself when it asks for its files. */
export interface PhoneIdentity {
  readonly firmwareVersion: string | undefined
  readonly macAddress: string | undefined
}

/** Firmware by vendor: `Yealink SIP-T54W 96.86.0.70 …`, `…-UA/6.4.0.1`, `SW 1.0.17.5`, `Cisco/SPA504G-7.4.4`, `snom320-SIP 8.7.5`. */
const FIRMWARE = [
  /^Yealink \S+ (\d+(?:\.\d+){2,3})/i,
  /-UA\/(\d[\w.]*)/,
  /\bSW (\d+(?:\.\d+)+)/,
  /^(?:Cisco|Linksys)\/[A-Za-z0-9-]+?-(\d[\w.()]*)/,
  /snom\S* (\d+(?:\.\d+)+)/i,
  /^(?:Fanvil|OBIHAI|Sangoma)\S* (\d\S*)/i,
]
const ADDRESS = /(?<![0-9a-f])(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}(?![0-9a-f])/i

export function readUserAgent(userAgent: string): PhoneIdentity {
  const text = userAgent.slice(0, 256)
  const firmwareVersion = FIRMWARE.map((pattern) => pattern.exec(text)?.[1]).find((version) => version !== undefined)
  return { firmwareVersion, macAddress: ADDRESS.exec(text)?.[0].toLowerCase().replaceAll(/[:-]/g, '') }
}
