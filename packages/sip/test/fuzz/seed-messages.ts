import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../vectors/rfc4475/', import.meta.url)

const BODY = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n'

const COMMON = [
  'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK74b43;rport',
  'Via: SIP/2.0/TLS [2001:db8::9:1]:5061;branch=z9hG4bK.x;received=192.0.2.9, SIP/2.0/WS x.invalid;branch=z9hG4bK77',
  'Max-Forwards: 70',
  'From: "Ann \\"A\\" Adams" <sip:2001@example.com;user=phone>;tag=88sja8x',
  'To: Bob <sips:+18015550101;ext=5@example.com?subject=x>;tag=b-1',
  'Call-ID: 987asjd97y7atg@192.0.2.10',
]

const REQUEST_HEADERS = [
  ...COMMON,
  'Contact: "A" <sip:ann@192.0.2.10:5060;transport=tcp;ob>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>";reg-id=1;q=0.7, <sip:b@c>',
  'Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>',
  'Route: <sip:192.0.2.1;lr>',
  'Authorization: Digest username="ann", realm="example.com", nonce="84a4cc6f3082121f32b42a2187831a9e", uri="sip:example.com", response="7587245234b3434cc3412213e5f113a5", algorithm=MD5, cnonce="0a4f113b", qop=auth, nc=00000001',
  'Replaces: 425928@example.com;to-tag=7743;from-tag=6472;early-only',
  'Refer-To: <sip:carol@example.com?Replaces=12345%40192.0.2.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>',
  'Referred-By: <sip:referrer@example.com>;cid="20398823.2UWQFN309shb3@referrer.example"',
  'Session-Expires: 1800;refresher=uac',
  'Min-SE: 90',
  'RAck: 776656 1 INVITE',
  'Event: dialog;id=1;call-id="x"',
  'Subscription-State: active;expires=3600;reason=noresource',
  'P-Asserted-Identity: "Ann" <sip:+18015550101@example.com>, <tel:+18015550101>',
  'Privacy: id;critical',
  'Diversion: <sip:2002@example.com>;reason=user-busy;counter=1',
  'Reason: SIP ;cause=200 ;text="Call completed elsewhere", Q.850;cause=16',
  'Supported: 100rel, timer, replaces, path, outbound, gruu',
  'Require: 100rel',
  'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, REFER, NOTIFY, SUBSCRIBE, INFO, MESSAGE',
  'Content-Type: application/sdp;charset="utf-8"',
  'Expires: 3600',
  'User-Agent: Some Phone/1.0 (x; "y")',
  'X-Unknown:   spaces   and\ttabs  ',
]

function message(startLine: string, headers: readonly string[], body: string): string {
  return `${[startLine, ...headers, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`
}

const ORDINARY = [
  ...['INVITE', 'REGISTER', 'SUBSCRIBE', 'REFER', 'NOTIFY', 'PRACK', 'UPDATE', 'BYE'].map((method) =>
    message(`${method} sip:+18015550101;phone-context=x@example.com:5060;transport=udp SIP/2.0`, [...REQUEST_HEADERS, `CSeq: 986759 ${method}`], BODY),
  ),
  message(
    'SIP/2.0 401 Unauthorized',
    [
      ...COMMON,
      'CSeq: 1 REGISTER',
      'WWW-Authenticate: Digest realm="example.com", nonce="dcd98b", opaque="5ccc0", qop="auth,auth-int", algorithm=SHA-256',
      'WWW-Authenticate: Digest realm="example.com", nonce="dcd98b", stale=TRUE, algorithm=MD5',
    ],
    '',
  ),
  message('SIP/2.0 200 OK', [...COMMON, 'CSeq: 986759 INVITE', 'Contact: <sip:bob@192.0.2.11>', 'Warning: 399 example.com "x, \\"y\\""'], BODY),
]

/** Messages to be damaged: those of RFC 4475 and ordinary ones that carry every header the stack reads. One character a byte. */
export const SEED_MESSAGES: readonly string[] = [
  ...readdirSync(FOLDER)
    .filter((file) => file.endsWith('.dat'))
    .toSorted()
    .map((file) => readFileSync(new URL(file, FOLDER)).toString('latin1')),
  ...ORDINARY,
]
