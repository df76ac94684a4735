/** What came back. `body` is typed by the caller: a black-box test believes nothing it did not check. */
export interface HttpAnswer<Body = unknown> {
  readonly status: number
  readonly body: Body
  readonly text: string
  readonly headers: Headers
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, with this content type, instead of a JSON body. */
  readonly raw?: { readonly content: string | Buffer; readonly contentType: string }
}

/** The body every failed /v2 call carries (C-40). */
export interface ErrorBody {
  readonly status: number
  readonly messages: readonly string[]
  readonly errorCode: string
  readonly message: string
  readonly path: string
  readonly requestId: string
  readonly data?: { readonly type?: string; readonly id?: string }
}

const REQUEST_TIMEOUT_MS = 60_000

/** Speaks JSON to the API with one token. */
export class HttpClient {
  readonly baseUrl: string
  readonly token: string | undefined

  constructor(baseUrl: string, token?: string) {
    this.baseUrl = baseUrl.replace(/\/$/, '')
    this.token = token
  }

  withToken(token: string): HttpClient {
    return new HttpClient(this.baseUrl, token)
  }

  get<Body = unknown>(path: string, options?: RequestOptions): Promise<HttpAnswer<Body>> {
    return this.send('GET', path, undefined, options)
  }

  post<Body = unknown>(path: string, body?: unknown, options?: RequestOptions): Promise<HttpAnswer<Body>> {
    return this.send('POST', path, body, options)
  }

  put<Body = unknown>(path: string, body?: unknown, options?: RequestOptions): Promise<HttpAnswer<Body>> {
    return this.send('PUT', path, body, options)
  }

  patch<Body = unknown>(path: string, body?: unknown, options?: RequestOptions): Promise<HttpAnswer<Body>> {
    return this.send('PATCH', path, body, options)
  }

  delete<Body = unknown>(path: string, body?: unknown, options?: RequestOptions): Promise<HttpAnswer<Body>> {
    return this.send('DELETE', path, body, options)
  }

  /** A file. */
  async getBytes(path: string): Promise<Uint8Array> {
    const headers: Record<string, string> = this.token === undefined ? {} : { 'x-auth-token': this.token }
    const response = await fetch(`${this.baseUrl}${path}`, { headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  }

  async send<Body = unknown>(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<HttpAnswer<Body>> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(this.token === undefined ? {} : { 'x-auth-token': this.token }),
      ...options.headers,
    }
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }
    if (options.raw !== undefined) {
      headers['content-type'] = options.raw.contentType
      init.body = typeof options.raw.content === 'string' ? options.raw.content : new Uint8Array(options.raw.content)
    } else if (body !== undefined) {
      headers['content-type'] = 'application/json'
      init.body = JSON.stringify(body)
    }
    const response = await fetch(`${this.baseUrl}${path}`, init)
    const text = await response.text()
    return { status: response.status, body: parsed(text) as Body, text, headers: response.headers }
  }
}

function parsed(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
