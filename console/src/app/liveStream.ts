export type LiveState = 'connecting' | 'live' | 'off'
export interface Change {
  kind: string
  type: string
  ids: Record<string, string>
  version: number
  actor: string | null
}
/** Who has a player open, by agent id. */
export interface Presence { player_id: string; agents: string[] }
/** `resumed`: the stream was away, so changes may have been missed. `ended`: the session may be over. */
/** Something that this agent has to do; said to those alone whom it concerns. */
export interface LiveNotice { notice: string; ids: Record<string, string> }
export type LiveMessage =
  | { state: LiveState }
  | { change: Change }
  | { presence: Presence }
  | { notice: LiveNotice }
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
    if (!before && !this.lost) this.become('connecting')
    source.addEventListener('hello', () => {
      before?.close()
      if (this.source !== source) return source.close()
      this.delay = FIRST_DELAY_MS
      this.resume()
    })
    // The stream may stand while the gateway itself hears of no changes.
    source.addEventListener('state', (event) => {
      const { nats } = JSON.parse((event as MessageEvent<string>).data) as { nats: 'up' | 'down' }
      if (nats === 'up') this.resume()
      else this.lose('off')
    })
    source.addEventListener('presence', (event) => {
      this.tell({ presence: JSON.parse((event as MessageEvent<string>).data) as Presence })
    })
    source.addEventListener('change', (event) => {
      this.tell({ change: JSON.parse((event as MessageEvent<string>).data) as Change })
    })
    source.addEventListener('notice', (event) => {
      this.tell({ notice: JSON.parse((event as MessageEvent<string>).data) as LiveNotice })
    })
    // Said when the session's token ends, mostly to be followed by the next one.
    source.addEventListener('bye', () => this.fail(source, before, 'connecting'))
    // The browser's own reconnecting has no backoff and gives up on any answer but 200.
    source.onerror = () => this.fail(source, before)
  }

  private resume(): void {
    this.become('live')
    if (this.lost) this.tell({ resumed: true })
    this.lost = false
  }

  /** From now on changes may be missed. */
  private lose(state: LiveState): void {
    this.lost = true
    this.become(state)
  }

  private fail(source: EventSource, before: EventSource | null, state: LiveState = 'off'): void {
    source.close()
    before?.close()
    if (this.source !== source) return
    this.source = null
    this.lose(state)
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
