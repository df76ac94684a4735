import type { Requirement } from './operation.ts'

/** The part of an OpenAPI 3.1 document that we publish ourselves and read again. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, OpenApiSchema>> }
}

export interface OpenApiOperation {
  readonly tags?: readonly string[]
  readonly operationId?: string
  readonly summary?: string
  readonly deprecated?: boolean
  /** What a caller needs: see `Requirement` in operation.ts. */
  readonly 'x-requires'?: Requirement
  /** An empty list: no token needed. */
  readonly security?: readonly unknown[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema?: OpenApiSchema
  }[]
  readonly requestBody?: { readonly content?: OpenApiContent }
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: OpenApiContent }>>
}

type OpenApiContent = Readonly<Record<string, { readonly schema?: OpenApiSchema }>>

export interface OpenApiSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly items?: OpenApiSchema
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly OpenApiSchema[]
  readonly format?: string
  readonly pattern?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
}
