import { onScopeDispose, ref } from 'vue'
import { singleKeys } from './preferences'

/** The list of shortcuts, with the switch that turns single keys off; also reached from the agent's menu. */
export const helpOpen = ref(false)

/** True while an input method is composing: its Enter and Esc belong to it. */
export const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

export type Handlers = Partial<Record<string, (event: KeyboardEvent) => void>>

/**
 * Single keys of the page, by `event.key` in lower case. Off while typing or composing, together with
 * Ctrl, Alt or Meta, in a dialog, and when the agent has switched them off; `Escape` stays.
 */
export function useShortcuts(handlers: Handlers): void {
  const listen = (event: KeyboardEvent) => {
    if (composing(event) || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
    if (document.querySelector('dialog[open]')) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    if (typing(event.target) && key !== 'Escape') return
    if (singleKeys.value === 'off' && event.key.length === 1) return
    const handle = handlers[key]
    if (!handle) return
    handle(event)
    event.preventDefault()
  }
  addEventListener('keydown', listen)
  onScopeDispose(() => removeEventListener('keydown', listen))
}

/** Ctrl+Enter (or ⌘+Enter) in a form: saves, unless an input method is composing. */
export function onSaveKey(event: KeyboardEvent, save: () => void): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || composing(event)) return
  event.preventDefault()
  save()
}
