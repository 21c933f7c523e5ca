import { onScopeDispose, watch } from 'vue'

const EVERY_MS = 1_500

/** Asks again as long as something goes on in the background; not before the last question is answered. */
export function usePolling(runs: () => boolean, asked: { refreshing: boolean; refresh: () => void }): void {
  let timer: ReturnType<typeof setInterval> | undefined
  watch(runs, (now) => {
    clearInterval(timer)
    if (now) timer = setInterval(() => { if (!asked.refreshing) asked.refresh() }, EVERY_MS)
  }, { immediate: true })
  onScopeDispose(() => clearInterval(timer))
}
