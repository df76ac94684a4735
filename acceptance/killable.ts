import { Platform } from './platform.ts'
import { Account, done, Tenant } from './tenant.ts'

/** A platform of a test file's own, for it is killed and its clock moves, with one account to act on; whoever acts is logged in again after either. */
export class Killable {
  readonly platform: Platform
  tenant: Tenant
  account: Account

  private constructor(platform: Platform, tenant: Tenant, account: Account) {
    this.platform = platform
    this.tenant = tenant
    this.account = account
  }

  static async start(): Promise<Killable> {
    const platform = await Platform.start()
    const tenant = await Tenant.logIn(platform.address)
    return new Killable(platform, tenant, await tenant.createAccount())
  }

  /** As if the power failed, and came back. What the sandbox moved the clock ahead by is lost with it. */
  async crash(): Promise<void> {
    await this.platform.kill9()
    await this.platform.start()
    await this.logIn()
  }

  async logIn(): Promise<void> {
    this.tenant = await Tenant.logIn(this.platform.address)
    this.account = new Account(this.tenant, this.account.id)
  }

  /** A token lives eight hours. */
  async advance(seconds: number): Promise<void> {
    done(await this.tenant.http.post('/v2/sandbox/clock/advance', { seconds }))
    await this.logIn()
  }
}
