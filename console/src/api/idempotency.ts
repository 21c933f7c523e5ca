import { Problem } from './problem'

/**
 * One Idempotency-Key per submission, kept until it is known what became of it, also over a reload: a lost answer never
 * makes a second ticket or order, not even when the text was edited meanwhile. Then the server says that the first got
 * through (`idempotency-key-reused`). It remembers a key only with what it made, so a refusal needs no other key.
 * After an hour the lists have long shown what it made, and equal words are a new act. Nothing of the body is kept here:
 * it may hold a password or a phone.
 */
const LASTS_MS = 3_600_000
const name = (scope: string) => `gamedesk:key:${scope}`

/** 128 random bits; unlike crypto.randomUUID also over plain HTTP. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

/** The key of what is not known yet, or a new one. */
function keyOf(scope: string): string {
  const [made, known] = sessionStorage.getItem(name(scope))?.split(' ') ?? []
  if (known && Date.now() - Number(made) < LASTS_MS) return known
  const key = randomKey()
  sessionStorage.setItem(name(scope), `${Date.now()} ${key}`)
  return key
}

/** Headers for a POST that creates or appends. */
export interface Idempotent { 'Idempotency-Key': string }

/**
 * Sends what is submitted under `scope`, which names the place and whatever else tells one act from another. Once it is
 * known what became of it the next one, even if equal, is a new one.
 */
export async function once<Result>(scope: string, send: (header: Idempotent) => Promise<Result>): Promise<Result> {
  const key = keyOf(scope)
  try {
    const result = await send({ 'Idempotency-Key': key })
    sessionStorage.removeItem(name(scope))
    return result
  } catch (error) {
    if (wasReused(error)) sessionStorage.removeItem(name(scope))
    throw error
  }
}
const unanswered = new WeakSet<object>()
/**
 * Sends an edit that names its version. One whose answer was lost is refused when it is repeated, for it has made the
 * version newer itself: when what is there now is what `body` wanted (`made`), that is its answer. `body` is the same object
 * each time.
 */
export async function repeatable<Result>(body: object, send: () => Promise<Result>, made: (current: Result) => boolean): Promise<Result> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const current = error.slug === 'stale-version' ? (error.extra.current as Result | undefined) : undefined
    if (current && unanswered.has(body) && made(current)) return current
    if (error.ambiguous) unanswered.add(body)
    throw error
  }
}
/** What was sent before it was edited has got through after all. */
export const wasReused = (error: unknown): boolean => error instanceof Problem && error.slug === 'idempotency-key-reused'
