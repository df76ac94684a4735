// The telephone inside the browser: JsSIP, and an ear. Bundled and served by browser-phone.ts.
import JsSIP from 'jssip'

/** A timer longer than this is shortened where a test is in a hurry. */
const LONG_MS = 30_000

const events = []
/** Every SIP message sent and received. */
const trace = []
let agent
let session
let analyser

function note(type, param) {
  events.push({ type, param: `${param ?? ''}` })
}

function listen(stream) {
  const context = new AudioContext()
  analyser = context.createAnalyser()
  analyser.fftSize = 8192
  // Chromium gives a remote track no sound unless an element plays it.
  const player = new Audio()
  player.srcObject = stream
  player.muted = true
  void player.play()
  context.createMediaStreamSource(stream).connect(analyser)
}

function follow(newSession) {
  session = newSession
  const attach = (connection) => connection.addEventListener('track', (event) => listen(event.streams[0] ?? new MediaStream([event.track])))
  if (session.connection) attach(session.connection)
  else session.on('peerconnection', ({ peerconnection }) => attach(peerconnection))
  session.on('progress', ({ response }) => note('progress', response?.status_code))
  session.on('accepted', () => note('accepted'))
  session.on('confirmed', () => note('confirmed'))
  session.on('hold', ({ originator }) => note('hold', originator))
  session.on('unhold', ({ originator }) => note('unhold', originator))
  session.on('ended', ({ cause, originator }) => note('ended', `${originator} ${cause}`))
  session.on('failed', ({ cause, message }) => note('failed', `${message?.status_code ?? ''} ${cause}`))
}

/** JsSIP makes no offer, and says so by false, while the one before has no ACK. */
async function offered(offer) {
  for (let tries = 0; !offer() && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 50))
}

function tracedSocket(url) {
  const socket = new JsSIP.WebSocketInterface(url)
  const send = socket.send.bind(socket)
  socket.send = (text) => {
    trace.push(text)
    return send(text)
  }
  let take
  Object.defineProperty(socket, 'ondata', {
    get: () => take,
    set(receive) {
      take = (text) => {
        trace.push(`${text}`)
        receive(text)
      }
    },
  })
  return socket
}

/** A session is refreshed after 45 s at the earliest (RFC 4028 4, 10): the clock that JsSIP waits by runs faster. */
function hurry(times) {
  const setTimeoutOfPage = globalThis.setTimeout.bind(globalThis)
  globalThis.setTimeout = (act, delayMs, ...rest) => setTimeoutOfPage(act, delayMs > LONG_MS ? delayMs / times : delayMs, ...rest)
}

globalThis.phone = {
  events,
  trace,
  start({ url, user, domain, password, refreshes }) {
    if (refreshes) hurry(20)
    agent = new JsSIP.UA({
      sockets: [tracedSocket(url)],
      session_timers_force_refresher: refreshes === true,
      uri: `sip:${user}@${domain}`,
      authorization_user: user,
      password,
      register_expires: 120,
      session_timers: true,
    })
    agent.on('registered', () => note('registered'))
    agent.on('unregistered', () => note('unregistered'))
    agent.on('registrationFailed', ({ cause }) => note('registrationFailed', cause))
    agent.on('disconnected', () => note('disconnected'))
    agent.on('newRTCSession', ({ originator, session: newSession }) => {
      if (originator === 'remote') note('incoming', newSession.remote_identity?.uri.toString())
      follow(newSession)
    })
    agent.start()
  },
  call: (target) => void agent.call(target, { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } }),
  answer: () => session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } }),
  hold: () => offered(() => session.hold()),
  unhold: () => offered(() => session.unhold()),
  refer(target) {
    const eventHandlers = {}
    for (const type of ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'])
      eventHandlers[type] = ({ status_line: status }) => note(`refer ${type}`, status?.status_code)
    session.refer(target, { eventHandlers })
  },
  digits: (tones) => session.sendDTMF(tones, { transportType: 'RFC2833' }),
  hangUp: () => session.terminate(),
  stop: () => agent.stop(),
  /** The loudest frequency heard now, in Hz; 0 for silence. */
  frequencyHz() {
    if (!analyser) return 0
    const bins = new Float32Array(analyser.frequencyBinCount)
    analyser.getFloatFrequencyData(bins)
    let loudest = 0
    for (let index = 1; index < bins.length; index++) if (bins[index] > bins[loudest]) loudest = index
    return bins[loudest] < -70 ? 0 : (loudest * analyser.context.sampleRate) / analyser.fftSize
  },
}
