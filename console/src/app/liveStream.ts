export type LiveState = 'connecting' | 'live' | 'off'
export interface Change {
  kind: string
  type: string
  ids: Record<string, string>
  version: number
  actor: string | null
}
/** `resumed`: the stream was away, so changes may have been missed. `ended`: the session may be over. */
export type LiveMessage =
  | { state: LiveState }
  | { change: Change }
  | { resumed: true }
  | { ended: true }

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 20_000

/** The event stream of the gateway: reconnects by itself and says what happened to it. */
export class LiveStream {
  state: LiveState = 'off'
  private source: EventSource | null = null
  private players = ''
  private delay = FIRST_DELAY_MS
  private timer: ReturnType<typeof setTimeout> | undefined
  private lost = false

  constructor(private readonly tell: (message: LiveMessage) => void) {}

  /** Follows what concerns the agent and these open players. The old stream stays until the new one is up. */
  watch(players: string[]): void {
    const wanted = [...new Set(players)].sort().map((id) => `player=${encodeURIComponent(id)}`).join('&')
    if ((this.source || this.timer) && wanted === this.players) return
    this.players = wanted
    this.connect()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.source?.close()
    this.source = null
    this.become('off')
  }

  private connect(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const before = this.source
    const source = new EventSource(this.players ? `/api/live?${this.players}` : '/api/live')
    this.source = source
    if (!before) this.become(this.lost ? 'off' : 'connecting')
    source.addEventListener('hello', () => {
      before?.close()
      if (this.source !== source) return source.close()
      this.delay = FIRST_DELAY_MS
      this.become('live')
      if (this.lost) this.tell({ resumed: true })
      this.lost = false
    })
    source.addEventListener('change', (event) => {
      this.tell({ change: JSON.parse((event as MessageEvent<string>).data) as Change })
    })
    source.addEventListener('bye', () => this.fail(source, before))
    // The browser's own reconnecting has no backoff and gives up on any answer but 200.
    source.onerror = () => this.fail(source, before)
  }

  private fail(source: EventSource, before: EventSource | null): void {
    source.close()
    before?.close()
    if (this.source !== source) return
    this.source = null
    this.lost = true
    this.become('off')
    this.tell({ ended: true })
    this.timer = setTimeout(() => this.connect(), this.delay)
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY_MS)
  }

  private become(state: LiveState): void {
    if (state === this.state) return
    this.state = state
    this.tell({ state })
  }
}
