import { expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { usePolling } from './usePolling'

test('nothing is asked again before the last question is answered', () => {
  vi.useFakeTimers()
  const asked = { refreshing: true, refresh: vi.fn() }
  const scope = effectScope()
  scope.run(() => usePolling(() => true, asked))
  vi.advanceTimersByTime(5_000)
  expect(asked.refresh).not.toHaveBeenCalled()
  asked.refreshing = false
  vi.advanceTimersByTime(1_500)
  expect(asked.refresh).toHaveBeenCalledOnce()
  scope.stop()
  vi.useRealTimers()
})
