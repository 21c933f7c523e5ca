import { tierName } from './usePlayerWrite'

type Name = (id: string | null) => string
const text = (value: unknown) => (typeof value === 'string' ? value : null)

/** What changed, from what to what. */
export function changeText(kind: string, details: Record<string, unknown>, game: Name, agent: Name): string {
  const { before, after } = { before: text(details.before), after: text(details.after) }
  const show = kind === 'tier_changed' ? tierName : kind === 'handed_off' ? agent : (value: string) => value
  const change = [before, after].filter((value) => value !== null).map((value) => show(value)).join(' → ')
  return [text(details.game_id) && game(text(details.game_id)), change].filter(Boolean).join(' · ')
}
