import type { SipRequest } from '@dialtone/sip'

/** What the programs call themselves that look for open switches; no telephone has one of these names. */
const SCANNERS =
  /friendly-scanner|friendly-request|sipvicious|sundayddr|sipcli|sip-?scan|svmap|svwar|svcrack|\biwar\b|vaxsipuseragent|pplsip|sipptk|eyebeam release 3015c/i
const LONGEST_LOOKED_AT = 200

/** Whether a request is one of a scanner that has no credentials. One that has them is judged by them. */
export function isScanner(request: SipRequest): boolean {
  const userAgent = request.header('user-agent')
  if (userAgent === undefined || !SCANNERS.test(userAgent.slice(0, LONGEST_LOOKED_AT))) return false
  return request.header('authorization') === undefined && request.header('proxy-authorization') === undefined
}
