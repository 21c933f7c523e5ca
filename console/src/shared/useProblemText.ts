import { toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Problem } from '../api/problem'

/** What problems say in the page's language; the server's own English only where the page has no sentence. */
export function useProblemText() {
  const { t, te } = useI18n()
  // A rule is a keyword of the schema, or what a problem of that kind is called.
  const field = ({ rule, message }: { rule: string; message: string }) => {
    const key = [`rule.${rule}`, `problem.${rule}`].find((one) => te(one))
    return key ? t(key) : message
  }
  return {
    known: (problem: Problem) => te(`problem.${problem.slug}`),
    title: (problem: Problem) => (te(`problem.${problem.slug}`) ? t(`problem.${problem.slug}`) : problem.title),
    field,
  }
}

/** `error('wechat_id')`: what is wrong with that field of the body, for the field itself to say. Nested: `lines/0/quantity`. */
export function useFieldErrors(problem: MaybeRefOrGetter<Problem | null>) {
  const { field } = useProblemText()
  return (name: string): string | undefined => {
    const found = toValue(problem)?.errors.find((error) => error.pointer.replace(/^\//, '') === name)
    return found && field(found)
  }
}
