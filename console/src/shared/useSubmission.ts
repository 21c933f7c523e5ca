import { useIsMutating, useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, useId } from 'vue'
import { once, wasReused, type Idempotent } from '../api/idempotency'
import { Problem } from '../api/problem'
import { refresh } from '../app/invalidate'

/**
 * A POST that creates or appends: one Idempotency-Key per submission, kept while it is repeated. `scope` names the place,
 * and what else tells one act from another where that is not an edit of the same form. A form that is left and opened
 * again knows of the submission that is still on its way.
 */
export function useSubmission<Body, Result>(
  scope: string | ((body: Body) => string),
  send: (body: Body, headers: Idempotent) => Promise<Result>,
  done: (result: Result, body: Body) => void,
) {
  const client = useQueryClient()
  const keyOf = typeof scope === 'string' ? () => scope : scope
  const mutationKey = ['submission', typeof scope === 'string' ? scope : useId()]
  const mutation = useMutation<Result, Error, Body>({
    mutationKey,
    mutationFn: (body) => once(keyOf(body), (header) => send(body, header)),
    onSuccess: (result, body) => done(result, body),
    // What was sent first is there: show it beside what was edited since. Submitting again makes another one.
    onError: (error) => { if (wasReused(error)) void refresh([]) },
  })
  const running = useIsMutating({ mutationKey, exact: true })
  return {
    submit: (body: Body) => {
      if (!client.isMutating({ mutationKey, exact: true })) mutation.mutate(body)
    },
    pending: computed(() => mutation.isPending.value || running.value > 0),
    problem: computed(() => (mutation.error.value instanceof Problem ? mutation.error.value : null)),
    reset: mutation.reset,
  }
}
