import { elementsOf, readXml } from '@dialtone/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anyRuleOf,
  layeredSettings,
  lineDifferences,
  type PhoneConfiguration,
  type PhoneSettings,
  readFileRequest,
  readPhoneSettings,
  readUserAgent,
  ruleOf,
  vendorOf,
} from './index.ts'
import { EXAMPLE_MAC, EXAMPLE_NAMES, EXAMPLE_TYPES, examplePhone } from './test/example-phone.ts'

const MAC = EXAMPLE_MAC
const phone = examplePhone

/** Every file a phone of a type can be given, by the name it asks for. */
function filesOf(given: PhoneConfiguration): ReadonlyMap<string, string> {
  const vendor = vendorOf(given.deviceTypeId)
  return new Map(EXAMPLE_NAMES.flatMap((name) => {
    const request = readFileRequest(name)
    const rule = request === undefined ? undefined : ruleOf(vendor, request)
    return rule?.render === undefined ? [] : [[name, rule.render(given)] as const]
  })) // prettier-ignore
}

/** `name = value`, with everything the file says; a name that stands twice counts the last time. */
function keyValues(text: string, separator: RegExp): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const match = separator.exec(line)
      return match === null ? [] : [[line.slice(0, match.index).trim(), line.slice(match.index + match[0].length)] as const]
    }),
  )
}

describe('files of phones', () => {
  it('Yealink: accounts, keys of every kind, side car, time and token URL as an INI reader finds them', () => {
    const text = filesOf(phone('YEALINKT54W')).get(`${MAC}.cfg`) ?? ''
    expect(text.startsWith('#!version:1.0.0.1\n')).toBe(true)
    const read = keyValues(text, / = /)
    expect(Object.fromEntries(read)).toMatchObject({
      'account.1.enable': '1', 'account.1.user_name': 'line-one', 'account.1.password': 's3cret-One', 'account.1.display_name': 'Jane Smith',
      'account.1.sip_server.1.address': '192.0.2.10', 'account.1.sip_server.1.port': '5060', 'account.1.sip_server.1.transport_type': '0',
      'account.2.user_name': 'line-two', 'account.2.codec.g722.priority': '1',
      'linekey.1.type': '15', 'linekey.2.type': '16', 'linekey.2.value': '1003', 'linekey.3.line': '2', 'linekey.4.type': '10', 'linekey.4.value': '701',
      'linekey.5.type': '13', 'expansion_module.1.key.2.value': '1004',
      'local_time.time_zone': '-5', 'local_time.start_time': '3/2/7/2', 'static.auto_provision.server.url': 'https://provision.example.com/provision/token/',
      'static.security.user_password': 'admin:Adm1nPassw0rd',
    }) // prettier-ignore
  })

  it('Polycom: the master file names the files that follow, and each attribute stands once', () => {
    const files = filesOf(phone('VVX450'))
    const master = readXml(files.get(`${MAC}.cfg`) ?? '')
    expect(master.attributes.get('CONFIG_FILES')).toBe(`${MAC}-lines.cfg, ${MAC}-settings.cfg`)
    const [lines] = readXml(files.get(`${MAC}-lines.cfg`) ?? '').children
    expect(Object.fromEntries(lines?.attributes ?? [])).toMatchObject({
      'reg.1.address': 'line-one', 'reg.1.auth.password': 's3cret-One', 'reg.1.server.1.transport': 'UDPOnly', 'reg.2.type': 'shared',
      'attendant.resourceList.1.address': '1003@192.0.2.10', 'attendant.resourceList.1.type': 'normal', 'attendant.resourceList.2.type': 'automata',
      'lineKey.2.category': 'BLF', 'lineKey.5.category': 'SpeedDial', 'lineKey.5.index': '1',
    }) // prettier-ignore
    const directory = elementsOf(readXml(files.get(`${MAC}-directory.xml`) ?? ''))
    expect(directory.filter((each) => each.name === 'ct').map((each) => each.text)).toEqual(['18015550199'])
    const [settings] = readXml(files.get(`${MAC}-settings.cfg`) ?? '').children
    expect(settings?.attributes.get('tcpIpApp.sntp.gmtOffset')).toBe('-18000')
    expect(settings?.attributes.get('voIpProt.SIP.specialEvent.checkSync.alwaysReboot')).toBe('0')
  })

  it('Cisco SPA: a flat profile with lines, extended functions, side car and the rule where the next one is', () => {
    const profile = readXml(
      filesOf(phone('SPA504G', { source: { url: 'http://p.example.com/provision/t/', encryptionKey: 'ab'.repeat(32) } })).get(`${MAC}.xml`) ?? '',
    )
    const read = Object.fromEntries(profile.children.map((each) => [each.name, each.text]))
    expect(profile.name).toBe('flat-profile')
    expect(read).toMatchObject({
      Proxy_1_: '192.0.2.10:5060', User_ID_1_: 'line-one', Auth_ID_1_: 'line-one', Password_1_: 's3cret-One', Extension_1_: '1', Extension_2_: 'Disabled', Extension_3_: '2',
      Extended_Function_2_: 'fnc=blf+sd+cp;sub=1003@192.0.2.10:5060;usr=1003@$PROXY;nme=Bob;vid=1',
      Unit_1_Key_2_: 'fnc=blf+sd+cp;sub=1004@192.0.2.10:5060;usr=1004@$PROXY;nme=On the side car;vid=1',
      Profile_Rule: `[--key ${'ab'.repeat(32)}] http://p.example.com/provision/t/$MA.xml`, Time_Zone: 'GMT-05:00', Resync_From_SIP: 'Yes', 'Auth_Resync-Reboot': 'No',
    }) // prettier-ignore
  })

  it('Grandstream: P-values of phones, of adapters with two ports and of those with more', () => {
    const read = (given: PhoneConfiguration) =>
      Object.fromEntries(elementsOf(readXml(filesOf(given).get(`cfg${MAC}.xml`) ?? '')).map((each) => [each.name, each.text]))
    expect(read(phone('GXP2170'))).toMatchObject({
      mac: MAC, P271: '1', P47: '192.0.2.10:5060', P35: 'line-one', P34: 's3cret-One', P401: '1', P404: 'line-two', P406: 's3cret-Two', P417: 'Sales',
      P1363: '0', P1365: '11', P1468: '1003', P212: '2', P237: 'provision.example.com/provision/token', P246: 'EST5EDT,M3.2.0/2,M11.1.0/2', P2: 'Adm1nPassw0rd',
    }) // prettier-ignore
    // The seventh key, and the first and the last of two modules.
    const more = [7, 13, 52, 53].map((place) => ({ place, kind: 'blf', label: `Key ${place}`, value: `10${place}`, account: 2 }) as const)
    expect(read(phone('GXP2170', { numKeys: 12, sideCar: { count: 2, keysEach: 40 }, keys: more }))).toMatchObject({
      P23800: '11', P23801: '1', P23802: 'Key 7', P23803: '107', P23000: '1', P23001: '1', P23002: 'Key 13', P23003: '1013', P23195: '1', P23198: '1052', P23200: '1', P23203: '1053',
    }) // prettier-ignore
    expect(read(phone('HT802', { isAdapter: true, numKeys: 2 }))).toMatchObject({
      P35: 'line-one',
      P747: '192.0.2.10:5060',
      P735: 'line-two',
      P734: 's3cret-Two',
    })
    expect(read(phone('HT818', { isAdapter: true, numKeys: 8 }))).toMatchObject({ P4060: 'line-one', P4061: 'line-two', P4121: 's3cret-Two', P4062: '' })
  })

  it('Snom: settings with their index, and function keys', () => {
    const all = elementsOf(readXml(filesOf(phone('SNOMD785')).get(`snom785-${MAC}.htm`) ?? ''))
    const setting = (name: string, index?: string) => all.find((each) => each.name === name && each.attributes.get('idx') === index)?.text
    expect([setting('user_name', '1'), setting('user_pass', '2'), setting('utc_offset')]).toEqual(['line-one', 's3cret-Two', '-18000'])
    expect(setting('fkey', '1')).toBe('blf sip:1003@192.0.2.10|*8')
    expect(setting('fkey', '3')).toBe('blf sip:701@192.0.2.10')
  })

  it('Sangoma S: accounts, keys, time and transport by numbers of their own', () => {
    const values = (settings: Partial<PhoneSettings> = {}) => {
      const example = phone('SANGOMAS505')
      const file = filesOf({ ...example, settings: { ...example.settings, ...settings } }).get(`cfg${MAC}.xml`) ?? ''
      return Object.fromEntries(elementsOf(readXml(file)).map(({ name, text }) => [name, text]))
    }
    const usual = values()
    expect(usual).toMatchObject({ P271: '1', P47: '192.0.2.10:5060', P35: 'line-one', P34: 's3cret-One', P401: '1', P747: '192.0.2.10:5060', P735: 'line-two', P736: 'line-two', P734: 's3cret-Two' }) // prettier-ignore
    // The second line has an order of encodings, the third account is not used.
    expect(usual).toMatchObject({ P757: '9', P758: '0', P501: '0', P2: 'Adm1nPassw0rd', P212: '3', P237: 'https://provision.example.com/provision/token/' })
    // Lines, BLF, park and speed dial on the phone, one beyond its own six keys on the first module.
    expect(usual).toMatchObject({ P41200: '1', P41201: '3', P41301: '1003', P41401: 'Bob', P41501: '0', P41202: '1', P41502: '1', P41203: '8', P41303: '701', P20200: '2', P20201: '18015550199', P60005: '3', P60006: '1004' }) // prettier-ignore
    expect([usual['P64'], usual['P75'], usual['P183'], usual['P130']]).toEqual(['18', '2', '0', '0'])
    expect(values({ timeZone: 'US/Arizona', srtp: 'required', transport: 'tls' })).toMatchObject({ P75: '0', P183: '2', P443: '2', P130: '2', P47: '192.0.2.10:5061' }) // prettier-ignore
  })

  it('Fanvil, OBi, Vega and generic carry the same two lines', () => {
    const fanvil = keyValues(filesOf(phone('FANVILX5U')).get(`${MAC}.cfg`) ?? '', /\s*:/)
    expect([fanvil.get('SIP1 Register User'), fanvil.get('SIP2 Register Pswd'), fanvil.get('Fkey4 Value')]).toEqual(['line-one', 's3cret-Two', '701@1/c'])
    expect(['Time Zone', 'Time Zone Name', 'Enable DST', 'DST Start Mon', 'DST End Week'].map((name) => fanvil.get(name))).toEqual([
      '-20',
      'UTC-5',
      '2',
      '3',
      '1',
    ])
    const obi = readXml(filesOf(phone('OBi302', { isAdapter: true })).get(`${MAC}.xml`) ?? '')
    const parameters = obi.children.flatMap((object) =>
      object.children.slice(1).map((each) => `${object.children[0]?.text}${each.children[0]?.text}=${each.children[1]?.text}`),
    )
    expect(parameters).toContain('VoiceService.1.VoiceProfile.1.Line.2.SIP.AuthPassword=s3cret-Two')
    expect(filesOf(phone('VEGA50_4FXS', { isAdapter: true })).get(`${MAC}script.txt`)).toContain('set .sip.auth.user.2.password="s3cret-Two"\r\n')
    expect(JSON.parse(filesOf(phone('GENERIC_SIP')).get(`${MAC}.json`) ?? '')).toMatchObject({ lines: [{ username: 'line-one' }, { password: 's3cret-Two' }] })
    expect(filesOf(phone('GENERIC_SIP')).get(`${MAC}.ini`)).toContain('[line2]\nline = "2"\nusername = "line-two"')
  })

  it.each(EXAMPLE_TYPES)('%s: no name of a person breaks out of its place, whatever characters it has', (type) => {
    const nasty = fc.string({
      unit: fc.constantFrom('\r', '\n', '"', "'", '<', '>', '&', ';', '=', '\\', '\0', '\u2028', '\ud800', 'a', ' ', ':', '#', '@', ']'),
    })
    fc.assert(
      fc.property(nasty, nasty, (label, name) => {
        const plain = filesOf(named(type, 'x', 'x'))
        for (const [file, text] of filesOf(named(type, label, name))) {
          // Not a line, element, attribute or section more than with a plain name.
          expect(shapeOf(file, text)).toEqual(shapeOf(file, plain.get(file) ?? ''))
        }
      }),
    )
  })

  it.each(EXAMPLE_TYPES)('%s: an address of IPv6 stands between brackets before a port and in a URI (RFC 3986 3.2.2)', (type) => {
    const given = phone(type, { server: { host: '2001:db8::10', port: 5060, tlsPort: 5061 }, settings: layeredSettings({ transport: 'tcp' }) })
    const said = [...filesOf(given).values()].flatMap((text) => text.match(/.?2001:db8::10.?(?:506\d)?/g) ?? [])
    expect(said.length).toBeGreaterThan(0)
    expect(said.filter((each) => /^@2001|::10:506/.test(each))).toEqual([])
  })

  it.each(EXAMPLE_TYPES)('%s: what is said to be a name of a parameter leaves its files readable', (type) => {
    const { settings } = readPhoneSettings({ parameters: { 'SIP1 Ring Type': '3', a$b: '1', 'a.b.C': '2', P999: '4' } })
    const plain = phone(type)
    for (const [, text] of filesOf({ ...plain, settings: { ...plain.settings, ...settings } })) if (text.startsWith('<?xml')) readXml(text)
  })

  it('Fanvil: its own parameters, whose names are of several words, each in the module where the phone reads it', () => {
    const { settings } = readPhoneSettings({ parameters: { 'SIP1 Ring Type': '3', 'SIP2 Register TTL': '90', 'Default Language': 'pl', 'Ring Volume': '5' } })
    const plain = phone('FANVILX5U')
    const text = filesOf({ ...plain, settings: { ...plain.settings, ...settings } }).get(`${MAC}.cfg`) ?? ''
    const module = (name: string) => keyValues(new RegExp(`<${name} CONFIG MODULE>([^<]*)`).exec(text)?.[1] ?? '', /\s*:/)
    expect(module('GLOBAL').get('Default Language')).toBe('pl')
    expect([module('SIP').get('SIP1 Ring Type'), module('SIP').get('SIP2 Register TTL'), module('PHONE').get('Ring Volume')]).toEqual(['3', '90', '5'])
    expect(text.match(/Default Language|SIP2 Register TTL/g)).toHaveLength(2)
  })

  function named(type: string, label: string, displayName: string): PhoneConfiguration {
    const base = phone(type)
    return { ...base, deviceName: label, lines: base.lines.map((line) => ({ ...line, displayName, label })), keys: base.keys.map((key) => ({ ...key, label })) }
  }

  /** What of a file a name must not change. */
  function shapeOf(file: string, text: string): unknown {
    if (file.endsWith('.json')) return Object.keys(JSON.parse(text) as object)
    if (text.startsWith('<?xml')) return elementsOf(readXml(text)).map((each) => [each.name, [...each.attributes.keys()]])
    return text.split(/\r\n|[\r\n\u0085\u2028\u2029]/).map((line) => /^\s*[^:=\s"]*/.exec(line)?.[0])
  }

  it('a model file tells nobody anything that belongs to somebody', () => {
    for (const type of EXAMPLE_TYPES) {
      for (const [name, text] of filesOf(phone(type))) {
        const request = readFileRequest(name)
        const purpose = request === undefined ? undefined : ruleOf(vendorOf(type), request)?.purpose
        if (purpose === 'model') expect([type, name, /s3cret|line-one|line-two|Adm1n|Jane/.exec(text)?.[0]]).toEqual([type, name, undefined])
      }
    }
  })
})

describe('names of files', () => {
  it.each([
    ['805ec0112233.boot', '{mac}.boot', MAC],
    ['80:5E:C0:11:22:33.cfg', '{mac}.cfg', MAC],
    ['cfg805ec0112233', 'cfg{mac}', MAC],
    ['ATA805EC0112233.cnf.xml', 'ata{mac}.cnf.xml', MAC],
    ['snom320-805EC0112233.htm', 'snom320-{mac}.htm', MAC],
    ['000000000000.cfg', '000000000000.cfg', undefined],
    ['y000000000096.cfg', 'y000000000096.cfg', undefined],
    ['spa504G.cfg', 'spa504g.cfg', undefined],
  ])('%s is read as %s', (name, pattern, macAddress) => {
    expect(readFileRequest(name)).toMatchObject({ pattern, macAddress })
  })

  it.each(['../etc/passwd', 'a/b', '', `${'a'.repeat(200)}.cfg`, '.hidden', 'x\r\ny'])('%s is no name at all', (name) => {
    expect(readFileRequest(name)).toBeUndefined()
  })

  it('a name no vendor asks for belongs to nobody', () => {
    const request = readFileRequest('wp-login.php')
    expect(request === undefined ? undefined : anyRuleOf(request)).toBeUndefined()
  })
})

describe('settings and identities', () => {
  it('S3-46: free settings are read as far as they are understood, and the rest is named with its reason', () => {
    const { settings, ignored } = readPhoneSettings({
      timezone: 'America/New_York',
      language: 'en',
      ringtone: 'default',
      srtp: 'maybe',
      colour: 'red',
      'register-expires-seconds': 5,
    })
    expect(settings).toEqual({ timeZone: 'US/Eastern', language: 'en', ringtone: 'default' })
    expect(ignored.map((each) => each.name)).toEqual(['srtp', 'colour', 'register-expires-seconds'])
  })

  it('no name of a setting is a way around what its value has to be', () => {
    const take = { ntpServer: 'x\nprovisioning.url = http://evil.example', timeZone: 'Nowhere' }
    const { settings, ignored } = readPhoneSettings({ constructor: { take }, __proto__: { take }, 'to-string': { take } })
    expect(settings).toEqual({})
    expect(ignored.map(({ name }) => name)).toEqual(['constructor', 'to-string'])
  })

  it('parameters of the vendor are joined layer by layer, and a name that is none is left out, and said to be', () => {
    const layers = [{ parameters: { 'features.dnd.enable': '0', a: '1' } }, readPhoneSettings({ parameters: { a: 2, 'x><y': 'no' } }).settings]
    expect(layeredSettings(...layers).parameters).toEqual({ 'features.dnd.enable': '0', a: '2' })
    const { ignored } = readPhoneSettings({ parameters: { 'x><y': 'no', long: 'x'.repeat(2_000), list: [], 'SIP1 Ring Type': 1 } })
    expect(ignored.map(({ name }) => name)).toEqual(['parameters.x><y', 'parameters.long', 'parameters.list'])
  })

  it.each([
    ['Yealink SIP-T54W 96.86.0.70 80:5e:c0:11:22:33', '96.86.0.70', MAC],
    ['FileTransport PolycomVVX-VVX_450-UA/6.4.0.12345 Type/Application', '6.4.0.12345', undefined],
    ['Cisco/SPA504G-7.4.4 (805EC0112233)(CCQ1234)', '7.4.4', MAC],
    ['Grandstream Model HW HT802 V1.0 SW 1.0.17.5 DevId 805ec0112233', '1.0.17.5', MAC],
    ['Mozilla/4.0 (compatible; snom320-SIP 8.7.5.35 1.1.3-s)', '8.7.5.35', undefined],
  ])('%s', (userAgent, firmwareVersion, macAddress) => {
    expect(readUserAgent(userAgent)).toEqual({ firmwareVersion, macAddress })
  })

  it('differences are the lines that changed, in order', () => {
    expect(lineDifferences('a\nb\nc\nd', 'a\nc\nx\nd')).toEqual(['-b', '+x'])
  })
})
