/**
 * One Idempotency-Key per submission: repeated with the same body it stays the same, also after a reload,
 * so that a lost answer never makes a second ticket or order. Another body gets another key.
 */
const name = (scope: string) => `gamedesk:key:${scope}`

/** 128 random bits; unlike crypto.randomUUID also over plain HTTP. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

export function keyFor(scope: string, body: unknown): string {
  const text = JSON.stringify(body)
  const stored = sessionStorage.getItem(name(scope))
  if (stored) {
    const kept = JSON.parse(stored) as { key: string; body: string }
    if (kept.body === text) return kept.key
  }
  const key = randomKey()
  sessionStorage.setItem(name(scope), JSON.stringify({ key, body: text }))
  return key
}

/** Call when the submission has an outcome: the next one, even if equal, is a new one. */
export function keyUsed(scope: string): void {
  sessionStorage.removeItem(name(scope))
}

/** Headers for a POST that creates or appends. */
export interface Idempotent { 'Idempotency-Key': string }
export const idempotent = (key: string): Idempotent => ({ 'Idempotency-Key': key })
