import { argon2, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const hash = promisify(argon2)

/** OWASP's minimum for argon2id; about 70 ms off the event loop. */
const MEMORY_KIB = 19_456
const PASSES = 2
const PARALLELISM = 1
const TAG_BYTES = 32
const SALT_BYTES = 16
const GENERATED = 'hmac-sha256'

/** @returns the hash in PHC form, so that parameters can rise later without a migration. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await derive(password, salt)
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${PARALLELISM}$${unpadded(salt)}$${unpadded(tag)}`
}

/**
 * The same for a secret of ours with at least 96 random bits, which nobody can try out: at no cost, so that ten thousand users
 * can be given their first passwords at once.
 */
export function hashGeneratedSecret(secret: string): string {
  const salt = randomBytes(SALT_BYTES)
  return `$${GENERATED}$v=1$m=0$${unpadded(salt)}$${unpadded(digestOf(secret, salt))}`
}

/**
 * Takes the same time whether the user exists or not, so that names cannot be probed.
 * @param stored the PHC text, or undefined when there is no such user.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, algorithm, , , encodedSalt, tag] = (stored ?? '').split('$')
  const expected = Buffer.from(tag ?? '', 'base64')
  const salt = encodedSalt === undefined ? Buffer.alloc(SALT_BYTES) : Buffer.from(encodedSalt, 'base64')
  // Also for a generated secret, which does not need it: otherwise the time would tell who has one.
  const derived = await derive(password, salt)
  const actual = algorithm === GENERATED ? digestOf(password, salt) : derived
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** The password policy: @returns the broken rule in words, or undefined. */
export function passwordProblem(password: string): string | undefined {
  if (password.length < 10) return 'at least 10 characters'
  if (password.length > 256) return 'at most 256 characters'
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  return kinds >= 3 ? undefined : 'three of: lower case, upper case, digits, other characters'
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return hash('argon2id', {
    message: Buffer.from(password, 'utf8'),
    nonce: salt,
    parallelism: PARALLELISM,
    tagLength: TAG_BYTES,
    memory: MEMORY_KIB,
    passes: PASSES,
  })
}

function digestOf(secret: string, salt: Buffer): Buffer {
  return createHmac('sha256', salt).update(secret, 'utf8').digest()
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
