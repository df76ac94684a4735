/** The description of a phone's audio at a port of the loopback, G.711 with key presses. */
export function phoneDescription(port: number): string {
  return [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0 101`],
    ...['a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20', 'a=sendrecv', ''],
  ].join('\r\n')
}

/** The port its audio is wanted at. @throws when there is none */
export function audioPortIn(description: string): number {
  const port = Number(/^m=audio (\d+) /m.exec(description)?.[1])
  if (!(port > 0)) throw new Error(`no audio in ${description}`)
  return port
}
