import { onScopeDispose, readonly, ref } from 'vue'

/** `left`: whole seconds until what `start` was told is over, each second anew; 0 from then on. */
export function useCountdown() {
  const left = ref(0)
  let ends = 0
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => clearInterval(timer)
  const tick = (): void => {
    // By the clock: a machine that slept has waited too.
    left.value = Math.max(Math.ceil((ends - Date.now()) / 1_000), 0)
    if (left.value === 0) stop()
  }
  onScopeDispose(stop)
  return {
    left: readonly(left),
    start: (ms: number): void => {
      stop()
      ends = Date.now() + ms
      timer = setInterval(tick, 1_000)
      tick()
    },
  }
}
