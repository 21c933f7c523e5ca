import { onScopeDispose, reactive, readonly, ref, shallowRef, watch, type Ref } from 'vue'
import { LiveStream, type Change, type LiveMessage, type LiveNotice, type LiveState, type Watch } from './liveStream'

/** So often a tab says that it is there. */
const HERE_MS = 60_000

const state = ref<LiveState>('connecting')
export const liveState = readonly(state)
/** Agent ids of those who have a player open, by player. */
const viewers = reactive(new Map<string, string[]>())
export const viewersOf = (playerId: string): readonly string[] => viewers.get(playerId) ?? []

/** The players of whom the stream tells because they are open; of the agent's own it tells anyway. */
const follows = shallowRef<readonly string[]>([])
export const isFollowed = (playerId: string): boolean => follows.value.includes(playerId)

/** The player whom the page shows: his changes are heard of, and others see that he is open here. */
const openPlayer = ref<string | null>(null)
export function useOpenPlayer(player: Ref<string | null>): void {
  watch(player, (id) => (openPlayer.value = id), { immediate: true })
  onScopeDispose(() => (openPlayer.value = null))
}

export const watchedPlayer = () => openPlayer.value

interface Listener {
  change: (change: Change) => void
  notice: (notice: LiveNotice) => void
  /** After an outage: refetch what is on the page, once. */
  resumed: () => void
  ended: () => void
  /** Whose stream it is. */
  agent: (id: string) => void
}
interface Channel { watch: (player: string | null, agent: string | null) => void; leave: () => void }

function overSharedWorker(receive: (message: LiveMessage) => void, failed: () => void): Channel {
  const worker = new SharedWorker(new URL('./live.worker.ts', import.meta.url), {
    type: 'module',
    name: 'gamedesk-live',
  })
  worker.onerror = failed
  worker.port.onmessage = ({ data }: MessageEvent<LiveMessage>) => receive(data)
  return {
    watch: (watch, agent) => worker.port.postMessage({ watch, agent } satisfies Watch),
    leave: () => worker.port.postMessage('leave'),
  }
}

function direct(receive: (message: LiveMessage) => void): Channel {
  const stream = new LiveStream(receive)
  return { watch: (player, agent) => stream.watch(player ? [player] : [], agent), leave: () => stream.stop() }
}

/** Follows live changes while the calling component is there: the frame, once for all pages. */
export function useLive(listener: Listener, me: () => string | null): void {
  const player = openPlayer
  const receive = (message: LiveMessage) => {
    if ('state' in message) state.value = message.state
    else if ('change' in message) listener.change(message.change)
    else if ('notice' in message) listener.notice(message.notice)
    else if ('presence' in message) viewers.set(message.presence.player_id, message.presence.agents)
    else if ('resumed' in message) listener.resumed()
    else if ('agent' in message) listener.agent(message.agent)
    else if ('follows' in message) follows.value = message.follows
    else listener.ended()
  }
  let channel = typeof SharedWorker === 'undefined' ? direct(receive) : overSharedWorker(receive, () => {
    channel = direct(receive)
    ask()
  })
  function ask(): void {
    for (const id of viewers.keys()) if (id !== player.value) viewers.delete(id)
    channel.watch(player.value, me())
  }
  watch([player, me], ask, { immediate: true })
  const here = setInterval(ask, HERE_MS)

  // A hidden page in the back-forward cache must not hold the stream; a page that returns takes it up again.
  const leave = () => {
    channel.leave()
    follows.value = []
  }
  const back = (event: PageTransitionEvent) => {
    if (!event.persisted) return
    ask()
    listener.resumed()
  }
  addEventListener('pagehide', leave)
  addEventListener('pageshow', back)
  onScopeDispose(() => {
    clearInterval(here)
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', back)
    leave()
  })
}
