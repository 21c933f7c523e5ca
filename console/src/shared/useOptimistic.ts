import { hashKey, useMutation, useQueryClient, type QueryKey } from '@tanstack/vue-query'

interface Options<Cache, Input, Result> {
  /** The cached answer that shows the change. */
  key: QueryKey
  send: (input: Input) => Promise<Result>
  /** The cached answer as it will be. */
  apply: (cache: Cache, input: Input) => Cache
  /** The cached answer with what the server said. */
  settle: (cache: Cache, result: Result, input: Input) => Cache
  done?: (result: Result, input: Input) => void
}

/** A write that the page shows at once and takes back when it fails. */
export function useOptimistic<Cache, Input, Result>(options: Options<Cache, Input, Result>) {
  const client = useQueryClient()
  const { key } = options
  return useMutation<Result, Error, Input, { before: Cache | undefined }>({
    mutationKey: key,
    scope: { id: hashKey(key) }, // one after the other, in the order in which they were made
    mutationFn: options.send,
    async onMutate(input) {
      // A refetch that started before the write must not overwrite what the page already shows.
      await client.cancelQueries({ queryKey: key, exact: true })
      const before = client.getQueryData<Cache>(key)
      if (before !== undefined) client.setQueryData<Cache>(key, options.apply(before, input))
      return { before }
    },
    onError(_error, _input, context) {
      const alone = client.isMutating({ mutationKey: key }) === 1
      if (alone && context?.before !== undefined) client.setQueryData(key, context.before)
      void client.invalidateQueries({ queryKey: key, exact: true })
    },
    onSuccess(result, input) {
      const cache = client.getQueryData<Cache>(key)
      if (cache !== undefined) client.setQueryData<Cache>(key, options.settle(cache, result, input))
      options.done?.(result, input)
    },
  })
}
