import { onScopeDispose, watch } from 'vue'

const EVERY_MS = 1_500

/** Asks again as long as something goes on in the background. */
export function usePolling(runs: () => boolean, refresh: () => void): void {
  let timer: ReturnType<typeof setInterval> | undefined
  watch(runs, (now) => {
    clearInterval(timer)
    if (now) timer = setInterval(refresh, EVERY_MS)
  }, { immediate: true })
  onScopeDispose(() => clearInterval(timer))
}
