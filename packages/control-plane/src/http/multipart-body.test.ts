import { describe, expect, it } from 'vitest'
import { readMultipart } from './multipart-body.ts'

const form = (parts: readonly string[], boundary = 'x-Y') =>
  Buffer.from(`${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`, 'latin1')
const TYPE = 'multipart/form-data; boundary=x-Y'

describe('a form with a file (RFC 7578)', () => {
  it('gives text fields and files, byte for byte', () => {
    const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 0x0d, 0x0a, 0xff])
    const body = form([
      'Content-Disposition: form-data; name="note"\r\n\r\nhello',
      `Content-Disposition: form-data; name="file"; filename="a \\"b\\".pdf"\r\nContent-Type: Application/PDF\r\n\r\n${bytes.toString('latin1')}`,
    ])
    expect(readMultipart(body, TYPE)).toEqual({ note: 'hello', file: { fileName: 'a "b".pdf', contentType: 'application/pdf', bytes } })
  })

  it('takes a quoted boundary, a preamble and an empty file', () => {
    const body = Buffer.concat([Buffer.from('preamble\r\n'), form(['Content-Disposition: form-data; name=file; filename=a.txt\r\n\r\n'])])
    expect(readMultipart(body, 'multipart/form-data; charset=utf-8; boundary="x-Y"')).toEqual({
      file: { fileName: 'a.txt', contentType: 'application/octet-stream', bytes: Buffer.alloc(0) },
    })
  })

  it.each([
    ['no boundary', form(['Content-Disposition: form-data; name="a"\r\n\r\n1']), 'multipart/form-data'],
    ['another boundary', form(['Content-Disposition: form-data; name="a"\r\n\r\n1'], 'z'), TYPE],
    ['no end', Buffer.from('--x-Y\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'), TYPE],
    ['a part without a name', form(['Content-Disposition: form-data\r\n\r\n1']), TYPE],
    ['a part that would change prototypes', form(['Content-Disposition: form-data; name="__proto__"\r\n\r\n1']), TYPE],
    ['too many parts', form(Array.from({ length: 21 }, (_, index) => `Content-Disposition: form-data; name="a${index}"\r\n\r\n1`)), TYPE],
    ['two files of one name', form(['a', 'b'].map((name) => `Content-Disposition: form-data; name="file"; filename="${name}.pdf"\r\n\r\n${name}`)), TYPE],
    ['two files of two names', form(['a', 'b'].map((name) => `Content-Disposition: form-data; name="${name}"; filename="${name}.pdf"\r\n\r\n1`)), TYPE],
    ['a field that is said twice', form(['1', '2'].map((text) => `Content-Disposition: form-data; name="a"\r\n\r\n${text}`)), TYPE],
    ['nothing', Buffer.alloc(0), TYPE],
  ])('is no form: %s', (_case, body, type) => {
    expect(readMultipart(body, type)).toBeUndefined()
  })
})
