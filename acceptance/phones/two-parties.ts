import { type Account, type Person, type SipLogin, Tenant } from '../tenant.ts'
import { ScriptedPhone } from './scripted-phone.ts'
import type { ServerAddress } from './sip-socket.ts'

/** An account with two users at the extensions 4000 and 4001, each with a line. */
export interface TwoParties {
  readonly tenant: Tenant
  readonly server: ServerAddress
  readonly account: Account
  readonly caller: Person & { readonly login: SipLogin }
  readonly callee: Person & { readonly login: SipLogin }
}

export async function makeTwoParties(
  tenant?: Tenant,
  changes: Readonly<Record<string, unknown>> = {},
  voicemail: 'none' | 'kept' = 'none',
): Promise<TwoParties> {
  const owner = tenant ?? (await Tenant.logIn())
  const account = await owner.createAccount(changes)
  const [caller, callee] = [await account.createUser('4000', {}, voicemail), await account.createUser('4001', {}, voicemail)]
  return {
    tenant: owner,
    server: owner.platform,
    account,
    caller: { ...caller, login: await account.createLine(caller.userId) },
    callee: { ...callee, login: await account.createLine(callee.userId) },
  }
}

/** Two registered scripted phones for them. */
export async function makeScriptedPhones(parties: TwoParties): Promise<readonly [ScriptedPhone, ScriptedPhone]> {
  const caller = await ScriptedPhone.open(parties.server, parties.caller.login)
  const callee = await ScriptedPhone.open(parties.server, parties.callee.login)
  await caller.register()
  await callee.register()
  return [caller, callee]
}

/** The frequencies the parties speak with, so that one look tells who heard whom. */
export const CALLER_HZ = 620
export const CALLEE_HZ = 1000
export const PSTN_HZ = 440
export const TONES_HZ = [CALLER_HZ, CALLEE_HZ, PSTN_HZ] as const
