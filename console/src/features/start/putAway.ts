import { ref } from 'vue'

/** In this browser an admin has put the checklist away, or has seen it done; `done` needs no more asking. */
type Kept = 'away' | 'done' | null
const NAME = 'gamedesk:first-run'

export const firstRun = ref(localStorage.getItem(NAME) as Kept)
export function keepFirstRun(state: Kept): void {
  firstRun.value = state
  if (state) localStorage.setItem(NAME, state)
  else localStorage.removeItem(NAME)
}
