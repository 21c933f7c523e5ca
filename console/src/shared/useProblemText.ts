import { toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { loadMessages } from '../app/i18n'
import type { FieldError, Problem } from '../api/problem'
import { money } from './format'

/** The frame fetches these sentences once the page is there; what is refused before says itself as soon as they are. */
export const loadProblems = () => void loadMessages('problems').catch(() => undefined)

/** What problems say in the page's language; the server's own English only where the page has no sentence. */
export function useProblemText() {
  const { t, te } = useI18n()
  loadProblems()
  // A rule is a keyword of the schema, or what a problem of that kind is called.
  const field = ({ rule, message, pointer = '' }: Omit<FieldError, 'pointer'> & { pointer?: string }) => {
    const limit = limitOf(message, pointer)
    if (limit !== null && te(`ruleOf.${rule}`)) return t(`ruleOf.${rule}`, { limit })
    const key = [`rule.${rule}`, `problem.${rule}`].find((one) => te(one))
    return key ? t(key) : message
  }
  /** "/contents/2/quantity" → contents 3: the field as a person calls it, and which of its lines. */
  const where = (pointer: string) => {
    const [name = '', line] = pointer.replace(/^\/(query\/|header\/|path\/)?/, '').split('/')
    const called = te(`fieldName.${name}`) ? t(`fieldName.${name}`) : name
    return line !== undefined && /^\d+$/.test(line) ? `${called} ${Number(line) + 1}` : called
  }
  return {
    known: (problem: Problem) => te(`problem.${problem.slug}`),
    title: (problem: Problem) => (te(`problem.${problem.slug}`) ? t(`problem.${problem.slug}`) : problem.title),
    field,
    where,
  }
}

/** The number in "must be at most 50", as its field counts; null where that is not what the field shows. */
function limitOf(message: string, pointer: string): string | null {
  const [found] = /-?\d+(\.\d+)?/.exec(message) ?? []
  if (!found || pointer.endsWith('_bp')) return null
  return pointer.endsWith('_fen') ? money(Number(found)) : found
}

/** `error('wechat_id')`: what is wrong with that field of the body, for the field itself to say. Nested: `lines/0/quantity`. */
export function useFieldErrors(problem: MaybeRefOrGetter<Problem | null>) {
  const { field } = useProblemText()
  return (name: string): string | undefined => {
    const found = toValue(problem)?.errors.find((error) => error.pointer.replace(/^\//, '') === name)
    return found && field(found)
  }
}
