import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

const textOf = (file: string): string => readFileSync(new URL(`certificates/${file}`, import.meta.url), 'utf8')

/** A pair for sip.example.com, made for these tests and good for nothing else. */
export const OF_EXAMPLE = { certificate: textOf('sip.example.com.pem'), key: textOf('sip.example.com.key.pem') }

export const EXPIRES = new X509Certificate(OF_EXAMPLE.certificate).validToDate.toISOString()

/** Of no certificate. */
export const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })

/** Of an authority that has vouched for none of them. */
export const OTHER_AUTHORITY = textOf('another-authority.pem')
