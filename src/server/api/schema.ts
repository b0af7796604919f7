// SPDX-License-Identifier: Apache-2.0

/** A schema of JSON values (JSON Schema 2020-12, as OpenAPI 3.1 has it). */
export interface Schema {
  readonly [keyword: string]: unknown
}

export const boolean: Schema = { type: 'boolean' }
export const number: Schema = { type: 'number' }
export const whole: Schema = { type: 'integer', minimum: 0 }
export const text: Schema = { type: 'string' }
export const time: Schema = { type: 'string', format: 'date-time' }

/** The same with what it means. */
export function meaning(schema: Schema, description: string): Schema {
  return { ...schema, description }
}

/** Null stands for what is not known: JSON has no NaN. */
export function nullable(schema: Schema): Schema {
  const { type, enum: values, ...rest } = schema
  if (type === undefined) return { anyOf: [schema, { type: 'null' }] }
  return {
    ...rest,
    type: [type, 'null'],
    ...(Array.isArray(values) && { enum: [...values, null] }),
  }
}

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

export function oneOf(...values: readonly string[]): Schema {
  return { type: 'string', enum: values }
}

/** A schema that has a name of its own. */
export function named(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** An object of names that are not known beforehand. */
export function byName(values: Schema): Schema {
  return { type: 'object', additionalProperties: values }
}

/** An object with all of the first members, and none but these and the optional ones. */
export function object(
  members: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    properties: { ...members, ...optional },
    required: Object.keys(members),
    additionalProperties: false,
  }
}
