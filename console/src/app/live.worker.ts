/** One event stream for all tabs of this browser (HTTP/1.1 allows six connections per host). */
import { LiveStream, type LiveMessage, type Presence } from './liveStream'

interface SharedWorkerScope { onconnect: ((event: MessageEvent) => void) | null }

const open = new Map<MessagePort, string | null>()
/** The last that was heard of each open player, for tabs that open him later. */
const presences = new Map<string, Presence>()
function tell(message: LiveMessage): void {
  if ('presence' in message) presences.set(message.presence.player_id, message.presence)
  open.forEach((_player, port) => port.postMessage(message))
}
const stream = new LiveStream(tell)

function refresh(): void {
  if (open.size === 0) stream.stop()
  else stream.watch([...open.values()].filter((id): id is string => id !== null))
  const watched = new Set(open.values())
  for (const id of presences.keys()) if (!watched.has(id)) presences.delete(id)
}

;(self as unknown as SharedWorkerScope).onconnect = (event) => {
  const port = event.ports[0]
  if (!port) return
  port.onmessage = ({ data }: MessageEvent<{ watch: string | null } | 'leave'>) => {
    if (data === 'leave') open.delete(port)
    else {
      open.set(port, data.watch)
      port.postMessage({ state: stream.state } satisfies LiveMessage)
      const presence = presences.get(data.watch ?? '')
      if (presence) port.postMessage({ presence } satisfies LiveMessage)
    }
    refresh()
  }
}
