export interface Recognised { phone: string; wechat_id: string; wechat_name: string }

/** What an agent typed into the search box, as the beginning of a new player. */
export function recognise(typed: string): Recognised {
  const text = typed.normalize('NFKC').trim()
  const found = { phone: '', wechat_id: '', wechat_name: '' }
  const digits = text.replace(/[\s()-]/g, '')
  if (/^\+?\d{7,15}$/.test(digits)) found.phone = digits
  // Four digits are the end of a phone number: enough to search by, not to begin with.
  else if (/^\d+$/.test(digits)) return found
  else if (/^[A-Za-z][\w-]{5,31}$/.test(text)) found.wechat_id = text
  else found.wechat_name = text
  return found
}
