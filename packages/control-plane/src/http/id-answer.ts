import Type from 'typebox'
import type { Reply } from './operation.ts'

/** The answer of operations that take something away and say which one it was, where the public interface has a text. */
export const IdText = Type.String()

export function idAnswer(id: string): Reply {
  return { status: 200, body: JSON.stringify(id), contentType: 'application/json; charset=utf-8' }
}
