export interface FieldError { pointer: string; rule: string; message: string }

/** An answer that is not a success (RFC 9457), or no answer at all (slug `network` or `timeout`). */
export class Problem extends Error {
  readonly slug: string

  constructor(
    readonly status: number,
    type: string,
    readonly title: string,
    readonly detail: string | null = null,
    readonly errors: FieldError[] = [],
    readonly requestId: string | null = null,
    /** What the problem carries beyond RFC 9457, such as `current` or `existing_player_id`. */
    readonly extra: Record<string, unknown> = {},
    /** How long the server asks to wait before the same request (Retry-After). */
    readonly waitMs: number | null = null,
  ) {
    super(title)
    this.slug = type.replace(/^urn:gamedesk:problem:/, '')
  }

  /** True when the same request may succeed a moment later: repeat it with the same key. */
  get transient(): boolean {
    return (
      ['network', 'timeout', 'request-in-flight'].includes(this.slug) || [408, 429, 502, 503, 504].includes(this.status)
    )
  }

  /** True when it is not known what became of the request: it may have been carried out. */
  get ambiguous(): boolean {
    return this.transient || this.status === 0 || this.status >= 500
  }

  /** The message for one field of the request body, by its JSON name. */
  field(name: string): string | undefined {
    return this.errors.find((error) => error.pointer.replace(/^\//, '') === name)?.message
  }
}

export function toProblem(body: unknown, response: Response): Problem {
  const found = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const { type, title, detail, errors, request_id, status: _status, ...extra } = found
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return new Problem(
    response.status,
    text(type) ?? 'unknown',
    text(title) ?? `HTTP ${response.status}`,
    text(detail),
    Array.isArray(errors) ? (errors as FieldError[]) : [],
    text(request_id) ?? response.headers.get('X-Request-Id'),
    extra,
    waitOf(response.headers.get('Retry-After')),
  )
}
function waitOf(header: string | null): number | null {
  if (!header) return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? null : Math.max(ms, 0)
}

const REPEATS = 2
/** Who is asked to wait longer is told so, instead of seeing nothing happen. */
const LONGEST_WAIT_MS = 10_000
/** Whether what failed is sent again by itself, and how long after: as long as the server says. */
export const mayRepeat = (failures: number, error: unknown): boolean =>
  failures < REPEATS && (!(error instanceof Problem) || (error.transient && (error.waitMs ?? 0) <= LONGEST_WAIT_MS))
export const repeatDelay = (failures: number, error: unknown): number =>
  Math.max(Math.min(300 * 3 ** failures, 3_000), (error instanceof Problem && error.waitMs) || 0)

/** A failed fetch: the network is gone, or the deadline passed. */
export function fromFetchError(error: unknown): Problem {
  const late = error instanceof DOMException && error.name === 'TimeoutError'
  return late ? new Problem(0, 'timeout', 'Timeout') : new Problem(0, 'network', 'Network')
}
