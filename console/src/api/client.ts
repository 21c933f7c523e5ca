import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from './schema'
import { fromFetchError, toProblem } from './problem'

const DEADLINE_MS = 12_000

let onSignedOut: () => void = () => undefined

/** Sets what happens when the session has ended (401 on anything but the session itself). */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler
}

/** Call when it turns out otherwise that nobody is signed in any more. */
export const reportSignedOut = () => onSignedOut()

/** Here 401 may mean that the password that was typed is wrong; who asks looks himself. */
const PASSWORDS = ['/api/session', '/api/agents/{agent_id}/password']

const session: Middleware = {
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !PASSWORDS.includes(schemaPath)) onSignedOut()
  },
  onError({ error }) {
    // A cancelled query is not a problem: TanStack Query has to see the abort itself.
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    return fromFetchError(error)
  },
}

export const api = createClient<paths>({
  baseUrl: location.origin,
  querySerializer: { array: { style: 'form', explode: false } },
  // Looked up at each call, so that a test's stub is seen; openapi-fetch would keep the first one.
  fetch: (request) =>
    globalThis.fetch(
      new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)]) }),
    ),
})
api.use(session)

interface Result<T> { data?: T; error?: unknown; response: Response }

/** The body of a success; throws a Problem for everything else. */
export async function unwrap<T>(call: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await call
  if (!response.ok) throw toProblem(error, response)
  return data as T
}

/** Headers of an edit that may only replace the version it was made from. */
export const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` })
