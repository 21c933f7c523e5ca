import { onScopeDispose, ref, shallowReactive } from 'vue'
import { singleKeys } from './preferences'

/** The list of shortcuts, with the switch that turns single keys off; also reached from the agent's menu. */
export const helpOpen = ref(false)
/** The command palette (Ctrl+K). */
export const paletteOpen = ref(false)

/** True while an input method is composing: its Enter and Esc belong to it. */
export const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229

/** Nobody but the field sees the keys of an input method: its Esc closes no form. */
export const leaveKeysToInputMethod = (): void =>
  addEventListener('keydown', (event) => { if (composing(event)) event.stopImmediatePropagation() }, true)

/** Text goes into the field, and choices are made in it by keys; a checkbox knows only Space. */
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** What a key does; `false` leaves it to the browser. */
export type Handler = (event: KeyboardEvent) => unknown
export type Handlers = Partial<Record<string, Handler>>

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
    // Space is what a focused row or button expects, not a shortcut.
    if (singleKeys.value === 'off' && event.key.length === 1 && event.key !== ' ') return
    const handle = handlers[key]
    if (handle && handle(event) !== false) event.preventDefault()
  }
  addEventListener('keydown', listen)
  onScopeDispose(() => removeEventListener('keydown', listen))
}

export interface Shortcut {
  /** `event.key`s, letters in lower case. None for what only the help names. */
  keys?: string[]
  /** As the help shows it, when that is not the keys themselves. */
  show?: string
  /** The message that says what it does. */
  label: string
  run?: Handler
  /** Offered in the command palette as well. */
  action?: boolean
}
/** The shortcuts of what is on the page now, for the help and the palette. */
export const pageShortcuts = shallowReactive<Shortcut[]>([])

/** Shortcuts of a page or a part of one, while it is there: they act, and the help and the palette name them. */
export function usePageShortcuts(shortcuts: Shortcut[]): void {
  useShortcuts(Object.fromEntries(shortcuts.flatMap(({ keys = [], run }) => (run ? keys.map((key) => [key, run]) : []))))
  pageShortcuts.push(...shortcuts)
  onScopeDispose(() => {
    for (const shortcut of shortcuts) pageShortcuts.splice(pageShortcuts.indexOf(shortcut), 1)
  })
}
export const shownKey = ({ keys = [], show }: Shortcut) => show ?? keys.map((key) => (key.length === 1 ? key.toUpperCase() : key)).join(' ')

/** Ctrl+Enter (or ⌘+Enter) in a form: saves, unless an input method is composing. */
export function onSaveKey(event: KeyboardEvent, save: () => void): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || composing(event)) return
  event.preventDefault()
  save()
}
