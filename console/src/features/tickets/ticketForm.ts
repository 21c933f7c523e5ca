import type { FormField, TicketForm } from '../../api/types'

/** The answers of a category's form as they are typed: everything is text until it is sent. */
export type Answers = Record<string, string>

export const answersOf = (form: TicketForm): Answers =>
  Object.fromEntries(Object.entries(form).map(([key, value]) => [key, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)]))

/** What the API takes: only what the form asks for and what was answered. */
export function formOf(fields: FormField[], answers: Answers): TicketForm {
  return Object.fromEntries(fields.flatMap(({ key, kind }) => {
    const text = answers[key]?.trim() ?? ''
    if (!text) return []
    return [[key, kind === 'number' ? Number(text) : kind === 'yes_no' ? text === 'yes' : text]]
  }))
}
export const unanswered = (fields: FormField[], answers: Answers): FormField[] =>
  fields.filter(({ key, kind, required }) => {
    const text = answers[key]?.trim() ?? ''
    return (required && !text) || (kind === 'number' && text !== '' && !/^-?\d{1,15}$/.test(text))
  })
