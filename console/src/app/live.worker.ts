/** One event stream for all tabs of this browser (HTTP/1.1 allows six connections per host). */
import { LiveStream, type LiveMessage, type Presence, type Watch } from './liveStream'

interface SharedWorkerScope { onconnect: ((event: MessageEvent) => void) | null }

/** Tabs say every minute that they are there; one that crashed or was put to sleep says no more. */
const SILENT_MS = 180_000
const CHECK_MS = 60_000

const open = new Map<MessagePort, { player: string | null; heard: number }>()
const given = new WeakSet<MessagePort>()
/** The last that was heard of each open player, for tabs that open him later. */
const presences = new Map<string, Presence>()
function tell(message: LiveMessage): void {
  if ('presence' in message) presences.set(message.presence.player_id, message.presence)
  open.forEach((_tab, port) => port.postMessage(message))
}
const stream = new LiveStream(tell)

function refresh(agent?: string | null): void {
  const players = [...open.values()].map(({ player }) => player)
  if (open.size === 0) stream.stop()
  else stream.watch(players.filter((id): id is string => id !== null), agent)
  for (const id of presences.keys()) if (!players.includes(id)) presences.delete(id)
}

setInterval(() => {
  for (const [port, { heard }] of open) {
    if (Date.now() - heard < SILENT_MS) continue
    open.delete(port)
    given.add(port)
  }
  refresh()
}, CHECK_MS)

;(self as unknown as SharedWorkerScope).onconnect = (event) => {
  const port = event.ports[0]
  if (!port) return
  port.onmessage = ({ data }: MessageEvent<Watch | 'leave'>) => {
    if (data === 'leave') {
      open.delete(port)
      return refresh()
    }
    const same = open.get(port)?.player === data.watch
    // The last opened come last: they are the ones that are followed when there are too many.
    if (!same) open.delete(port)
    open.set(port, { player: data.watch, heard: Date.now() })
    refresh(data.agent)
    if (same) return
    port.postMessage({ state: stream.state } satisfies LiveMessage)
    port.postMessage({ follows: stream.follows } satisfies LiveMessage)
    const presence = presences.get(data.watch ?? '')
    if (presence) port.postMessage({ presence } satisfies LiveMessage)
    // It woke up again, and has missed what was said meanwhile.
    if (given.delete(port)) port.postMessage({ resumed: true } satisfies LiveMessage)
  }
}
