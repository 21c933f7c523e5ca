import { expect, test } from 'vitest'
import { QueryObserver } from '@tanstack/vue-query'
import { queryClient } from '../app/query'
import { settled, show } from '../testing/api'
import { useOptimistic } from './useOptimistic'

test('a refetch that a write has stopped is made up for, so that a colleague\'s change is seen', async () => {
  const key = ['players', 'p1', 'tickets']
  const answers = [new Promise<string[]>(() => undefined), Promise.resolve(['mine', 'theirs'])]
  const observer = new QueryObserver(queryClient, { queryKey: key, queryFn: () => answers.shift()!, initialData: ['old'], staleTime: Infinity })
  const stop = observer.subscribe(() => undefined)
  let write!: ReturnType<typeof useOptimistic<string[], string, string>>
  show({ setup: () => { write = useOptimistic({ key, send: (text: string) => Promise.resolve(text), apply: (cache: string[], text) => [...cache, text], settle: (cache) => cache }) }, template: '<i />' })
  void queryClient.invalidateQueries({ queryKey: key })
  write.mutate('mine')
  await settled()
  expect(queryClient.getQueryData(key)).toEqual(['mine', 'theirs'])
  stop()
})
