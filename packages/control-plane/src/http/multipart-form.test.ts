import { describe, expect, it } from 'vitest'
import { readMultipartForm } from './multipart-form.ts'

const TYPE = 'multipart/form-data; boundary=xyz'
const form = (...lines: readonly string[]) => Buffer.from(lines.join('\r\n'))
const FILE = ['--xyz', 'Content-Disposition: form-data; name="file"; filename="a.csv"', 'Content-Type: text/csv', '', 'a,b\r\n1,é']

describe('a multipart form', () => {
  it('gives every field its text, files and other alphabets included', () => {
    const body = form('--xyz', 'content-disposition: form-data; name="note"', '', 'hello', ...FILE, '--xyz--', '')
    expect(readMultipartForm(TYPE, body)).toEqual({ note: 'hello', file: 'a,b\r\n1,é' })
    expect(readMultipartForm('multipart/form-data; boundary="xyz"', body)).toEqual({ note: 'hello', file: 'a,b\r\n1,é' })
  })

  it('a body made by another implementation is read', async () => {
    const sent = new FormData()
    sent.append('file', new Blob(['x\n--y\r\n']), 'f')
    sent.append('name', 'Gold')
    const request = new Request('http://localhost', { method: 'POST', body: sent })
    expect(readMultipartForm(String(request.headers.get('content-type')), Buffer.from(await request.arrayBuffer()))).toEqual({
      file: 'x\n--y\r\n',
      name: 'Gold',
    })
  })

  it.each([
    ['no boundary', 'multipart/form-data', form(...FILE, '--xyz--')],
    ['a body cut off', TYPE, form(...FILE)],
    ['a part without a name', TYPE, form('--xyz', 'Content-Type: text/csv', '', 'x', '--xyz--')],
    ['a hostile name', TYPE, form('--xyz', 'Content-Disposition: form-data; name="__proto__"', '', 'x', '--xyz--')],
    ['something else', TYPE, form('{}')],
    ['too many parts', TYPE, form(...Array.from({ length: 30 }, () => FILE).flat(), '--xyz--')],
  ])('with %s is refused', (_case, type, body) => {
    expect(readMultipartForm(type, body)).toBeUndefined()
  })
})
