import { describe, expect, it } from 'vitest'
import { declaredStatements, doorEntries } from './api-report/declared-statements.ts'

const TEXT = `import type { A } from './a.ts';
/** A comment that says export interface Wrong { } */
export interface Phone {
    /** Where. */
    readonly address: string;
    ring(options: {
        readonly times: number;
    }): void;
}
export type Outcome = 
/** The one. */
{
    readonly type: 'one';
}
 | {
    readonly type: 'two';
};
export declare class Desk {
    #private;
    count: number;
}
export declare function call(number: string): Outcome;
export declare function call(number: number): Outcome;
export declare const LIMITS: Map<string, () => void>;
declare const hidden: number;
`

describe('the public API report', () => {
  it('finds every exported declaration whole, without comments, private members and what is not exported', () => {
    const statements = declaredStatements(TEXT)
    expect([...statements.keys()]).toEqual(['Phone', 'Outcome', 'Desk', 'call', 'LIMITS'])
    expect(statements.get('Phone')).toBe(
      'export interface Phone {\n    readonly address: string;\n    ring(options: {\n        readonly times: number;\n    }): void;\n}',
    )
    expect(statements.get('Outcome')).toContain(`readonly type: 'two'`)
    expect(statements.get('Desk')).toBe('export declare class Desk {\n    count: number;\n}')
    expect(statements.get('call')?.split('\n')).toHaveLength(2)
  })

  it('reads which names a door passes on', () => {
    expect(doorEntries(`export * from './a.ts';\nexport { b } from './b.ts';\nexport type { C, D } from './c.ts';`)).toEqual([
      { from: './a.ts', names: '*' },
      { from: './b.ts', names: ['b'] },
      { from: './c.ts', names: ['C', 'D'] },
    ])
  })
})
