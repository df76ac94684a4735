/** What an account is made of, and its P-values for accounts 1 to 6: they follow no rule, so here they are. */
export const ACCOUNT_VALUES = {
  active: [271, 401, 501, 601, 20_360, 20_361],
  server: [47, 747, 502, 602, 20_362, 20_363],
  transport: [130, 830, 930, 1030, 20_374, 20_375],
  label: [20_000, 20_001, 20_002, 20_003, 20_378, 20_379],
  user: [35, 735, 504, 604, 1704, 1804],
  authentication: [36, 736, 505, 605, 1705, 1805],
  password: [34, 734, 506, 606, 1706, 1806],
  display: [3, 703, 507, 607, 1707, 1807],
  unregistersFirst: [81, 752, 511, 611, 20_386, 20_387],
  expires: [32, 732, 512, 612, 20_388, 20_389],
  voicemail: [33, 426, 526, 626, 1726, 1826],
  subscribesMessages: [99, 709, 515, 615, 1715, 1815],
  srtp: [183, 443, 543, 643, 20_432, 20_433],
} as const satisfies Readonly<Record<string, readonly number[]>>
export type AccountValue = keyof typeof ACCOUNT_VALUES

export const ACCOUNTS = 6
/** The first of an account's six encodings, and how far it is to the next. */
const ENCODINGS = [[57, 1], [757, 1], [551, 1], [651, 1], [20_392, 2], [20_393, 2]] as const // prettier-ignore

export function encodingValues(account: number): readonly number[] {
  const [first, step] = ENCODINGS[account - 1] ?? ENCODINGS[0]
  return Array.from({ length: 6 }, (_, index) => first + index * step)
}

/** P-values of what a key does, what it dials or watches, how it is called, and for which account. */
export type KeyValues = Readonly<Record<'type' | 'value' | 'label' | 'account', number>>

const FIRST_KEYS = 4
const SECOND_KEYS = 36

/** Keys of the phone lie in three places. */
export function keyValues(key: number): KeyValues {
  const at = key - 1
  if (key <= FIRST_KEYS) return { type: 41_200 + at, value: 41_300 + at, label: 41_400 + at, account: 41_500 + at }
  if (key <= SECOND_KEYS) return row(20_200 + (at - FIRST_KEYS) * 5, 1)
  return row(23_000 + (at - SECOND_KEYS) * 6, 2)
}

/** Each module has two pages of twenty keys. */
const MODULE_KEYS = 40

export function moduleKeyValues(module: number, key: number): KeyValues | undefined {
  return key > MODULE_KEYS ? undefined : row(60_000 + ((module - 1) * MODULE_KEYS + key - 1) * 5, 1)
}

function row(first: number, value: number): KeyValues {
  return { type: first, value: first + value, label: first + value + 1, account: first + value + 2 }
}

/**
 * The phones know places and when their clocks change; these are the ones of the United States and Canada by their offset in minutes, and for those that
 * save no daylight one of the same offset.
 */
export const TIME_ZONES: Readonly<Record<number, number>> = { [-660]: 105, [-600]: 2, [-540]: 3, [-480]: 6, [-420]: 9, [-360]: 14, [-300]: 18, [-240]: 20, [-210]: 26 } // prettier-ignore
