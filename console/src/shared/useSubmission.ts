import { useMutation } from '@tanstack/vue-query'
import { computed } from 'vue'
import { idempotent, keyFor, keyUsed, type Idempotent } from '../api/idempotency'
import { Problem } from '../api/problem'

/** A POST that creates or appends: one Idempotency-Key per submission, kept while it is repeated. */
export function useSubmission<Body, Result>(
  scope: string,
  send: (body: Body, headers: Idempotent) => Promise<Result>,
  done: (result: Result, body: Body) => void,
) {
  const mutation = useMutation<Result, Error, Body>({
    mutationFn: (body) => send(body, idempotent(keyFor(scope, body))),
    onSuccess(result, body) {
      keyUsed(scope)
      done(result, body)
    },
  })
  return {
    submit: (body: Body) => {
      if (!mutation.isPending.value) mutation.mutate(body)
    },
    pending: mutation.isPending,
    problem: computed(() => (mutation.error.value instanceof Problem ? mutation.error.value : null)),
    reset: mutation.reset,
  }
}
