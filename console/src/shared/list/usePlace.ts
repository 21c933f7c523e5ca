import { onScopeDispose } from 'vue'
import { useRouter } from 'vue-router'
import { contactFree } from '../../app/contactFree'
import { hasMoved } from '../visit'

export interface Place { row: string; top: number; rows: number }
const PLACE_MS = 150

/** An entry that was pushed just now has none after it; one that Back has found, or that was loaded again, may have been left. */
const mayReturn = () => !hasMoved() || (history.state as { forward?: string | null } | null)?.forward !== null

const name = (path: string) => `gamedesk:place:${String((history.state as { position?: number } | null)?.position ?? '')}:${contactFree(path)}`

/**
 * Where the agent was in a list, kept by entry of the browser's history: Back and a reload find it again, a new visit
 * begins on top. `now` tells the place.
 */
export function usePlace(now: () => Place) {
  const router = useRouter()
  // Guards run when the browser already stands on the next entry, so this one's name is taken when it is entered.
  let entry = name(router.currentRoute.value.fullPath)
  let timer: ReturnType<typeof setTimeout> | undefined

  function save(): void {
    clearTimeout(timer)
    timer = undefined
    sessionStorage.setItem(entry, JSON.stringify(now()))
  }
  const leaving = router.beforeEach(() => { if (timer) save() })
  const entered = router.afterEach((to) => { entry = name(to.fullPath) })
  addEventListener('pagehide', save)
  onScopeDispose(() => {
    leaving()
    entered()
    clearTimeout(timer)
    removeEventListener('pagehide', save)
  })
  return {
    saved: (): Place | null => (mayReturn() ? JSON.parse(sessionStorage.getItem(entry) ?? 'null') as Place | null : null),
    saveSoon: () => { timer ??= setTimeout(save, PLACE_MS) },
  }
}
