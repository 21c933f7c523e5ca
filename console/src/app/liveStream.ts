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
  | { agent: string }
  /** The players of whom it tells from now on. */
  | { follows: string[] }

/** What a tab asks of the worker. */
export interface Watch { watch: string | null; agent: string | null }

const MOST_PLAYERS = 20
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 20_000

/** The event stream of the gateway: reconnects by itself and says what happened to it. */
export class LiveStream {
  state: LiveState = 'off'
  /** Of whom the stream that is up tells. */
  follows: string[] = []
  /** The latest, and the one that is up until that one is. */
  private source: EventSource | null = null
  private up: EventSource | null = null
  private wanted: string[] = []
  private players = ''
  private agent: string | null = null
  private delay = FIRST_DELAY_MS
  private timer: ReturnType<typeof setTimeout> | undefined
  private lost = false

  constructor(private readonly tell: (message: LiveMessage) => void) {}

  /**
   * Follows what concerns the agent and these open players, the last twenty. The old stream stays until the new one is
   * up. Another agent needs another stream: it is his who was signed in when it began.
   */
  watch(players: string[], agent?: string | null): void {
    const another = !!agent && this.agent !== null && agent !== this.agent
    if (agent) this.agent = agent
    const ids = [...new Set(players)].slice(-MOST_PLAYERS).sort()
    const wanted = ids.map((id) => `player=${encodeURIComponent(id)}`).join('&')
    if ((this.source || this.timer) && wanted === this.players && !another) return
    this.wanted = ids
    this.players = wanted
    this.connect()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.source?.close()
    this.up?.close()
    this.source = this.up = null
    this.follows = []
    this.become('off')
  }

  private connect(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.source !== this.up) this.source?.close()
    const source = new EventSource(this.players ? `/api/live?${this.players}` : '/api/live')
    this.source = source
    if (!this.up && !this.lost) this.become('connecting')
    source.addEventListener('hello', (event) => {
      if (this.source !== source) return
      if (this.up !== source) this.up?.close()
      this.up = source
      const { agent_id } = JSON.parse((event as MessageEvent<string>).data) as { agent_id?: string }
      if (agent_id) this.tell({ agent: agent_id })
      this.tell({ follows: (this.follows = this.wanted) })
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
    source.addEventListener('bye', () => this.fail(source, 'connecting'))
    // The browser's own reconnecting has no backoff and gives up on any answer but 200.
    source.onerror = () => this.fail(source)
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

  private fail(source: EventSource, state: LiveState = 'off'): void {
    source.close()
    if (this.source !== source) {
      if (this.up !== source) return
      this.up = null
      this.lost = true
      return
    }
    this.up?.close()
    this.source = this.up = null
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
