import { hashKey, useMutation, useQueryClient, type QueryClient, type QueryKey } from '@tanstack/vue-query'

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

/** Keys to be fetched anew once nothing is being written to them. */
const late = new Set<string>()
/**
 * Fetches an answer anew; while a write to it is on its way only afterwards, for the answer of a reader who overtakes
 * the writer would show the page as it was before.
 */
export function refetchAfterWrites(client: QueryClient, key: QueryKey): void {
  if (client.isMutating({ mutationKey: key }) > 0) late.add(hashKey(key))
  else void client.invalidateQueries({ queryKey: key, exact: true })
}

/** Stops a refetch that would overwrite what the page is about to show; what it was to bring is fetched afterwards. */
export async function holdRefetch(client: QueryClient, key: QueryKey): Promise<void> {
  const state = client.getQueryState(key)
  if (state?.fetchStatus === 'fetching' || state?.isInvalidated) late.add(hashKey(key))
  await client.cancelQueries({ queryKey: key, exact: true })
}
/** Call when a write has its outcome; `last` when no other to the same is on its way. */
export function releaseRefetch(client: QueryClient, key: QueryKey, last = client.isMutating({ mutationKey: key }) === 0): void {
  if (last && late.delete(hashKey(key))) void client.invalidateQueries({ queryKey: key, exact: true })
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
      await holdRefetch(client, key)
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
    onSettled: () => releaseRefetch(client, key, client.isMutating({ mutationKey: key }) === 1),
  })
}
