import type { ObjectDirective } from 'vue'

type Text = HTMLInputElement | HTMLTextAreaElement
const held = new WeakMap<HTMLElement, Text[]>()
/** What has no `readonly`: choices, and the small buttons among the fields that change one. Those that save or leave stay, and so do Tab and Esc. */
function isChoice(target: EventTarget | null): boolean {
  const button = (target as Element).closest('button')
  return button ? !button.matches('.el-button') : (target as Element).closest('select, label, input:not([readonly])') !== null
}
const WITHOUT_READONLY = ['checkbox', 'radio', 'file']
function refuse(event: Event): void {
  if (!held.has(event.currentTarget as HTMLElement) || !isChoice(event.target)) return
  if (!(event instanceof KeyboardEvent) || !['Tab', 'Escape'].includes(event.key)) {
    event.preventDefault()
    // What a button does is no default of the browser.
    if (event.type === 'click') event.stopPropagation()
  }
}
const EVENTS = ['mousedown', 'click', 'keydown'] as const

function hold(form: HTMLElement, busy: boolean): void {
  if (!busy) {
    for (const field of held.get(form) ?? []) field.readOnly = false
    held.delete(form)
  } else if (!held.has(form)) {
    const fields = [...form.querySelectorAll<Text>('input, textarea')].filter((field) => !field.readOnly && !WITHOUT_READONLY.includes(field.type))
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
