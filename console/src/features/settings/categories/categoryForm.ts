import type { Priority } from '../../../api/types'
import type { FormField } from '../types'

export const KINDS: FormField['kind'][] = ['text', 'number', 'date', 'choice', 'yes_no']
/** A field while it is built: its options as they are typed, one a line. */
export interface FieldDraft { key: string; label_zh: string; label_en: string; kind: FormField['kind']; required: boolean; options: string }
export interface CategoryDraft { name_zh: string; name_en: string; default_priority: Priority; form: FieldDraft[] }

export const optionsOf = (typed: string): string[] => [...new Set(typed.split('\n').map((line) => line.trim()).filter(Boolean))]
export const fieldDraft = ({ key, label_zh, label_en, kind, required = false, options = [] }: FormField): FieldDraft =>
  ({ key, label_zh, label_en, kind, required, options: options.join('\n') })
export const formBody = (fields: FieldDraft[]): FormField[] => fields.map(({ key, label_zh, label_en, kind, required, options }) => ({
  key: key.trim(), label_zh: label_zh.trim(), label_en: label_en.trim(), kind, required, ...(kind === 'choice' && { options: optionsOf(options) }),
}))
/** The next free key: agents need not think of one. */
export function nextKey(fields: FieldDraft[]): string {
  for (let n = fields.length + 1; ; n++) if (!fields.some(({ key }) => key === `field_${n}`)) return `field_${n}`
}
export function fieldFault(fields: FieldDraft[], index: number): 'key' | 'twice' | 'label' | 'options' | null {
  const { key, label_zh, label_en, kind, options } = fields[index]!
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(key.trim())) return 'key'
  if (fields.some((other, at) => at !== index && other.key.trim() === key.trim())) return 'twice'
  if (label_zh.trim() === '' || label_en.trim() === '') return 'label'
  return kind === 'choice' && optionsOf(options).length === 0 ? 'options' : null
}
export const isReady = (draft: CategoryDraft) =>
  draft.name_zh.trim() !== '' && draft.name_en.trim() !== '' && draft.form.every((_, index) => fieldFault(draft.form, index) === null)
