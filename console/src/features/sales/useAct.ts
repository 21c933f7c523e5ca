import { useMutation } from '@tanstack/vue-query'
import { computed } from 'vue'
import { Problem } from '../../api/problem'
import { notify } from '../../shared/notices'
import { useProblemText } from '../../shared/useProblemText'

/**
 * An act on something that has a version. `done` shows what came of it; who was overtaken (412) sees what a colleague
 * made of it by `overtaken`, with his own input still in the form, and may send it again. Whose answer was lost is refused
 * as well when he sends again what got through: `made` tells that it is as he wanted it, and then it is done.
 */
export function useAct<Input, Result extends object>(options: {
  send: (input: Input) => Promise<Result>
  done: (result: Result, input: Input) => void
  overtaken: (current: Result) => void
  made: (current: Result, input: Input) => boolean
  /** Whether the form that it was sent from is still there; if not, what went wrong is said in passing. */
  isShown?: (input: Input) => boolean
}) {
  const texts = useProblemText()
  const isShown = (input: Input | undefined) => input === undefined || options.isShown === undefined || options.isShown(input)
  const currentOf = (error: unknown) => (error instanceof Problem && error.slug === 'stale-version' ? (error.extra.current as Result | undefined) : undefined)
  const mutation = useMutation<Result, Error, Input>({
    mutationFn: (input) => options.send(input).catch((error: unknown) => {
      const current = currentOf(error)
      if (current && options.made(current, input)) return current
      throw error
    }),
    onSuccess: (result, input) => options.done(result, input),
    onError(error, input) {
      const current = currentOf(error)
      if (current) options.overtaken(current)
      if (error instanceof Problem && !isShown(input)) notify(texts.title(error), 'danger')
    },
  })
  return {
    act: (input: Input) => { if (!mutation.isPending.value) mutation.mutate(input) },
    pending: mutation.isPending,
    problem: computed(() => (mutation.error.value instanceof Problem && isShown(mutation.variables.value) ? mutation.error.value : null)),
    /** Forgets what went wrong; what is on its way goes on. */
    reset: () => { if (!mutation.isPending.value) mutation.reset() },
  }
}
