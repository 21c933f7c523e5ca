/** What the server fills in; anything else in braces is refused. */
export const PLACEHOLDERS = ['player_name', 'ticket_number', 'ticket_title', 'agent_name', 'agent_wechat_name', 'game', 'server', 'nickname'] as const
export type Placeholder = (typeof PLACEHOLDERS)[number]

/** The text with its placeholders filled in. */
export const filled = (text: string, values: Record<Placeholder, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (PLACEHOLDERS.includes(name as Placeholder) ? values[name as Placeholder] : whole))

/** The first brace that belongs to no placeholder, counted in characters from 1; null when there is none. */
export function strayBrace(text: string): number | null {
  const at = text.replace(new RegExp(`\\{(${PLACEHOLDERS.join('|')})\\}`, 'g'), (whole) => ' '.repeat(whole.length)).search(/[{}]/)
  return at < 0 ? null : [...text.slice(0, at)].length + 1
}
