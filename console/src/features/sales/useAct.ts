import { useMutation } from '@tanstack/vue-query'
import { computed } from 'vue'
import { Problem } from '../../api/problem'

/**
 * An act on something that has a version. `done` shows what came of it; who was overtaken (412) sees what a colleague
 * made of it by `overtaken`, with his own input still in the form, and may send it again.
 */
export function useAct<Input, Result extends object>(options: {
  send: (input: Input) => Promise<Result>
  done: (result: Result, input: Input) => void
  overtaken: (current: Result) => void
}) {
  const mutation = useMutation<Result, Error, Input>({
    mutationFn: options.send,
    onSuccess: (result, input) => options.done(result, input),
    onError(error) {
      const current = error instanceof Problem && error.slug === 'stale-version' ? (error.extra.current as Result | undefined) : undefined
      if (current) options.overtaken(current)
    },
  })
  return {
    act: (input: Input) => { if (!mutation.isPending.value) mutation.mutate(input) },
    pending: mutation.isPending,
    problem: computed(() => (mutation.error.value instanceof Problem ? mutation.error.value : null)),
    reset: mutation.reset,
  }
}
