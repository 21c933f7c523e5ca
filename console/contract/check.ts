/**
 * Type-checked by `npm run contract` against the types generated from contracts/openapi.json: what the public API
 * answers has to be what the console reads, and what the console sends has to be what the API takes.
 * A mistake shows up as "Type '[path, method, what]' does not satisfy the constraint 'never'".
 */
import type { paths as Mine } from '../src/api/paths'
import type { paths as Public } from '../src/api/schema'

type Method = 'get' | 'post' | 'patch' | 'delete'
type Json<T> = T extends { content: { 'application/json': infer Found } } ? Found : never
type Success<R> = { [Status in keyof R]: Status extends 200 | 201 | 202 ? Json<R[Status]> : never }[keyof R]
/** A section's `data` is required by its base schema, which generated types of a composed schema do not show. */
type Whole<T> = { [K in keyof T]: T[K] extends { status: 'ok' | 'stale' | 'unavailable' } ? Required<T[K]> : T[K] }
type Answer<O> = O extends { responses: infer R } ? Success<R> : never
type Body<O> = O extends { requestBody?: infer B } ? Json<NonNullable<B>> : never
type Query<O> = O extends { parameters: { query?: infer Q } } ? keyof NonNullable<Q> : never

type Compare<P, M, Given, Wanted> =
  | (Whole<Answer<Given>> extends Answer<Wanted> ? never : [P, M, 'answer'])
  | (Body<Wanted> extends Body<Given> ? never : [P, M, 'body'])
  // Unknown fields are refused, so an optional one too many is a mistake as well.
  | (keyof Body<Wanted> extends keyof Body<Given> ? never : [P, M, 'body', Exclude<keyof Body<Wanted>, keyof Body<Given>>])
  | (Query<Wanted> extends Query<Given> ? never : [P, M, 'query', Exclude<Query<Wanted>, Query<Given>>])
type Operations<P, Theirs, Ours> = {
  [M in keyof Ours & Method]: M extends keyof Theirs ? Compare<P, M, Theirs[M], Ours[M]> : [P, M, 'missing']
}[keyof Ours & Method]
type Misfits = {
  [P in keyof Mine]: `/api${P}` extends keyof Public ? Operations<P, Public[`/api${P}`], Mine[P]> : [P, 'missing']
}[keyof Mine]

type None<T extends never> = T
export type Checked = None<Misfits>
