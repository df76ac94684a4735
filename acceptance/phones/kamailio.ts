import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WORK_FOLDER } from '../platform.ts'

const MODULES = '/usr/lib/x86_64-linux-gnu/kamailio/modules/'

export interface KamailioOptions {
  readonly host: string
  readonly port: number
  readonly transport?: 'udp' | 'tcp'
  /** The password of every user it takes, and of its digest challenges. */
  readonly password: string
  /** Where the platform's calls come from, where its port does not say so: from who ends TLS for the carrier. */
  readonly platformHost?: string
}

/** A carrier: takes registrations and calls with digest, answers OPTIONS, and calls who is registered, over the connection he registered by (RFC 5626 3.2). */
export interface Kamailio {
  /** Everything it said, an entry a request it saw: `INVITE 12125550142 from 5060`. */
  log(): string
  stop(): Promise<void>
  /** As if its power failed: it forgets who was registered, and says goodbye to nobody. */
  kill9(): Promise<void>
}

/** Numbers it refuses end like those of the sandbox: 5550100 busy, 5550103 declined, 5550104 fails. Calls of others than `platformPort` go to who is registered as `user`. */
function configuration({ host, port, transport = 'udp', password, platformHost }: KamailioOptions, platformPort: number, user: string): string {
  return `#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
listen=${transport}:${host}:${port}
${transport === 'udp' ? 'disable_tcp=yes' : ''}
mpath="${MODULES}"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "auth.so"
loadmodule "nathelper.so"
loadmodule "xlog.so"
modparam("usrloc","db_mode",0)
modparam("nathelper|registrar","received_avp","$avp(received)")
request_route {
  xlog("L_NOTICE", "SAW $rm $rU from $sp to $tU proxy=$hdr(Proxy-Authorization) expires=$hdr(Expires)\\n");
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483","Too Many Hops"); exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200","OK"); exit; }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("$td","${password}","0")) { www_challenge("$td","1"); exit; }
    fix_nated_register();
    save("location");
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) { if (loose_route()) { handle_ruri_alias(); t_relay(); exit; } if (is_method("ACK")) { t_check_trans(); exit; } sl_send_reply("404","Not Here"); exit; }
  if (!is_method("INVITE")) { sl_send_reply("405","Method Not Allowed"); exit; }
  if (${platformHost === undefined ? `$sp != ${platformPort}` : `$si != "${platformHost}"`}) {
    record_route();
    $ru = "sip:${user}@${host}";
    if (!lookup("location")) { sl_send_reply("480","Not Registered"); exit; }
    t_relay();
    exit;
  }
  if (!pv_proxy_authenticate("carrier.example","${password}","0")) { proxy_challenge("carrier.example","1"); exit; }
  if ($rU =~ "5550100$") { sl_send_reply("486","Busy Here"); exit; }
  if ($rU =~ "5550103$") { sl_send_reply("603","Decline"); exit; }
  sl_send_reply("503","Service Unavailable");
}
onreply_route {
  add_contact_alias();
}
`
}

/** @param platformPort calls from there are digested and refused by their number */
export async function startKamailio(options: KamailioOptions, platformPort: number, user: string): Promise<Kamailio> {
  mkdirSync(WORK_FOLDER, { recursive: true })
  const folder = mkdtempSync(join(WORK_FOLDER, 'kamailio-'))
  const file = join(folder, 'carrier.cfg')
  writeFileSync(file, configuration(options, platformPort, user))
  let text = ''
  const child: ChildProcess = spawn('kamailio', ['-f', file, '-DD', '-E', '-m', '32', '-M', '8', '-Y', folder, '-w', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const listening = new Promise<void>((resolve) => {
    const hear = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (/Listening on|INFO: .*probing|Aliases/.test(text)) resolve()
    }
    child.stderr?.on('data', hear)
    child.stdout?.on('data', hear)
  })
  await Promise.race([listening, ended.then(() => Promise.reject(new Error(`kamailio ended:\n${text.slice(-2000)}`)))])
  return {
    log: () => text,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
    kill9: async () => {
      const { pid = 0 } = child
      const processes = [pid, ...childrenOf(pid)]
      for (const processId of processes) process.kill(processId, 'SIGKILL')
      await ended
    },
  }
}

function childrenOf(processId: number): readonly number[] {
  const text = readFileSync(`/proc/${processId}/task/${processId}/children`, 'latin1')
  return text.split(' ').filter(Boolean).map(Number)
}
