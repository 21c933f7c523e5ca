import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { reportSignedOut } from '../api/client'
import { LiveUpdates } from '../features/players/liveUpdates'
import { notify, undoLast } from '../shared/notices'
import { noteMove } from '../shared/visit'
import { Invalidation } from './invalidate'
import { leaveField } from './focus'
import { useLive, watchedPlayer } from './live'
import { navigation } from './pages'
import { keys, queryClient } from './query'
import { refetchSession, useAgent } from './session'
import { composing, helpOpen, paletteOpen, useShortcuts } from './shortcuts'

/** What every page has: live changes, the keys of the frame, the palette. */
export function useFrame(): void {
  const { t, te } = useI18n()
  const router = useRouter()
  const agent = useAgent()
  const me = () => agent.value?.agent_id ?? null

  onScopeDispose(router.afterEach(noteMove))

  const home = new LiveUpdates(me)
  const lists = new Invalidation(me)
  onScopeDispose(() => {
    home.stop()
    lists.stop()
  })
  useLive({
    change(change) {
      home.apply(change)
      lists.apply(change)
    },
    notice: ({ notice }) => {
      void queryClient.invalidateQueries({ queryKey: keys.attention, exact: true }) // where it waits
      if (te(`notice.${notice}`)) notify(t(`notice.${notice}`))
    },
    resumed() {
      home.resumed(watchedPlayer())
      lists.resumed()
    },
    // The stream also ends with the session: ask, and if it is so, sign in again.
    ended: () => void refetchSession().then((session) => session ?? reportSignedOut()).catch(() => undefined),
    // Somebody else has signed in with this browser: whoever asks for the session begins anew.
    agent: (id) => { if (id !== me()) void refetchSession().catch(() => undefined) },
  }, me)

  const toPage = (event: KeyboardEvent) => {
    const entry = agent.value && navigation(agent.value.role).find(({ key }) => key === event.key)
    if (!entry) return false
    void router.push({ name: entry.name })
    return true
  }
  useShortcuts({
    ...Object.fromEntries(['1', '2', '3', '4', '5', '6', '7', '8'].map((key) => [key, toPage])),
    '?': () => (helpOpen.value = true),
    z: () => undoLast(),
    Escape: () => leave(),
  })
  const palette = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || composing(event)) return
    event.preventDefault()
    if (!document.querySelector('dialog[open]')) paletteOpen.value = true
  }
  addEventListener('keydown', palette)
  onScopeDispose(() => removeEventListener('keydown', palette))
}

function leave(): boolean {
  const field = document.activeElement
  if (!field || !/^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName)) return false
  leaveField(field)
  return true
}
