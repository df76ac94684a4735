const BODY = [
  ...['v=0', 'o=- 20518 0 IN IP4 10.10.1.44', 's=-', 'c=IN IP4 10.10.1.44', 't=0 0', 'm=audio 11784 RTP/AVP 9 0 8 18 101'],
  ...['a=rtpmap:9 G722/8000', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:18 G729/8000', 'a=fmtp:18 annexb=no'],
  ...['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20', 'a=sendrecv', ''],
].join('\r\n')

/** An INVITE as a desk phone sends it: 961 bytes. */
export const INVITE = [
  'INVITE sip:+12025550199@sip.example.com;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 10.10.1.44:5060;branch=z9hG4bK1387392871;rport',
  'From: "Alice Example" <sip:+12025550101@sip.example.com>;tag=1837365409',
  'To: <sip:+12025550199@sip.example.com;user=phone>',
  'Call-ID: 0_3891283881@10.10.1.44',
  'CSeq: 1 INVITE',
  'Contact: <sip:+12025550101@10.10.1.44:5060;transport=udp>',
  'Max-Forwards: 70',
  'User-Agent: Yealink SIP-T46U 108.86.0.20',
  'Allow: INVITE, INFO, PRACK, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REGISTER, SUBSCRIBE, REFER, PUBLISH, UPDATE, MESSAGE',
  'Supported: replaces, timer',
  'Allow-Events: talk,hold,conference,refer,check-sync',
  'Content-Type: application/sdp',
  `Content-Length: ${BODY.length}`,
  '',
  BODY,
].join('\r\n')

/** What routing and the two legs of a call need of it. */
export interface RoutingFields {
  readonly method: string
  readonly requestUser: string
  readonly requestHost: string
  readonly branch: string
  readonly fromName: string
  readonly fromUser: string
  readonly fromTag: string
  readonly toUser: string
  readonly callId: string
  readonly sequence: number
  readonly contactUser: string
  readonly contactHost: string
  readonly contactPort: number
  readonly maxForwards: number
  readonly bodyLength: number
}

export const EXPECTED_FIELDS: RoutingFields = {
  method: 'INVITE',
  requestUser: '+12025550199',
  requestHost: 'sip.example.com',
  branch: 'z9hG4bK1387392871',
  fromName: 'Alice Example',
  fromUser: '+12025550101',
  fromTag: '1837365409',
  toUser: '+12025550199',
  callId: '0_3891283881@10.10.1.44',
  sequence: 1,
  contactUser: '+12025550101',
  contactHost: '10.10.1.44',
  contactPort: 5060,
  maxForwards: 70,
  bodyLength: BODY.length,
}

/** The INVITE of the second leg, as every parser has to print it from what it parsed. */
export const ONWARD = {
  uri: 'sip:2002@10.20.1.7:5060',
  host: '10.20.1.7',
  user: '2002',
  viaHost: '10.0.0.1:5060',
  branch: 'z9hG4bKonward',
  fromTag: 'onward-tag',
  callId: 'onward-call-id',
  contact: '<sip:2001@10.0.0.1:5060>',
  serverHost: '10.0.0.1',
} as const
