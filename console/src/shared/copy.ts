import { i18n } from '../app/i18n'
import { notify } from './notices'

/** Puts a text on the clipboard, also over plain HTTP, where browsers have no clipboard for pages. Says whether it did. */
export async function copy(text: string): Promise<boolean> {
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false) || copySelected(text)
  notify(i18n.global.t(done ? 'copy.done' : 'copy.failed'), done ? 'good' : 'danger')
  return done
}

function copySelected(text: string): boolean {
  const focused = document.activeElement as HTMLElement | null
  const field = document.body.appendChild(document.createElement('textarea'))
  field.className = 'gd-hidden'
  field.value = text
  field.select()
  const done = document.execCommand?.('copy') ?? false
  field.remove()
  focused?.focus({ preventScroll: true })
  return done
}
