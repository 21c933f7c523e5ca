import type { ObjectDirective } from 'vue'

type Text = HTMLInputElement | HTMLTextAreaElement
const held = new WeakMap<HTMLElement, Text[]>()
/** What has no `readonly`: choices. Buttons stay, and so do Tab and Esc. */
const isChoice = (target: EventTarget | null) => !(target as Element).closest('button') && (target as Element).closest('select, label, input:not([readonly])') !== null
function refuse(event: Event): void {
  if (!held.has(event.currentTarget as HTMLElement) || !isChoice(event.target)) return
  if (!(event instanceof KeyboardEvent) || !['Tab', 'Escape'].includes(event.key)) event.preventDefault()
}
const EVENTS = ['mousedown', 'click', 'keydown'] as const

function hold(form: HTMLElement, busy: boolean): void {
  if (!busy) {
    for (const field of held.get(form) ?? []) field.readOnly = false
    held.delete(form)
  } else if (!held.has(form)) {
    const fields = [...form.querySelectorAll<Text>('input, textarea')].filter((field) => !field.readOnly)
    for (const field of fields) field.readOnly = true
    held.set(form, fields)
  }
}

/**
 * `v-busy="pending"` on a form: while it is being saved nothing in it can be changed, for what is typed then would be
 * gone with the form. Its fields are read-only, not disabled: the focus stays, and what is typed does not act as keys.
 */
export const vBusy: ObjectDirective<HTMLElement, boolean> = {
  mounted(form, { value }) {
    for (const name of EVENTS) form.addEventListener(name, refuse, { capture: true })
    hold(form, value)
  },
  updated: (form, { value }) => hold(form, value),
}
