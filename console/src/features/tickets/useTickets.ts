import { useQuery, type QueryKey } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { api, ifMatch, unwrap } from '../../api/client'
import { repeatable } from '../../api/idempotency'
import type { Entry, List, Section, Ticket, TicketEdit, TicketState, Transition } from '../../api/types'
import { keys, patch, queryClient } from '../../app/query'
import { i18n } from '../../app/i18n'
import { notify } from '../../shared/notices'
import { useOptimistic } from '../../shared/useOptimistic'

/** The clocks of a ticket whose deadlines the server has not told yet. */
export const NO_CLOCK: Ticket['clock'] = {
  first_response_due_at: null, first_response_seconds: null, resolution_due_at: null, resolution_seconds: null, next_due_at: null,
  paused_since: null, paused_seconds: 0, overdue: null, rules_revision: 1,
}

/** What was written in it is gone, as the player asked; nothing is written in it any more. Every other ticket says something. */
export const isErased = (ticket: Ticket): boolean => ticket.detail === ''

export type TicketsSection = Section<List<Ticket>>

/** A copy of the section with the ticket put in: replaced when newer, added on top when not there. */
export function withTicket(section: TicketsSection, ticket: Ticket, placeholder?: string): TicketsSection {
  const data = section.data ?? { items: [], next_cursor: null }
  const others = data.items.filter((item) => item.ticket_id !== placeholder)
  const at = others.findIndex((item) => item.ticket_id === ticket.ticket_id)
  const items = at < 0
    ? [ticket, ...others]
    : others.map((item, index) => (index === at && item.revision <= ticket.revision ? ticket : item))
  return { ...section, data: { ...data, items } }
}
/** What a ticket is now, wherever the page shows it: at its player's, and on its own page. */
export function putTicket(ticket: Ticket): void {
  patch<TicketsSection>(keys.section(ticket.player_id, 'tickets'), (section) => withTicket(section, ticket))
  queryClient.setQueryData<Ticket>(['tickets', 'one', ticket.ticket_id], (old) => old && (old.revision > ticket.revision ? old : { ...old, ...ticket }))
}
const changed = (section: TicketsSection, id: string, change: Partial<Ticket>): TicketsSection => ({
  ...section,
  data: section.data && {
    ...section.data,
    items: section.data.items.map((item) => (item.ticket_id === id ? { ...item, ...change } : item)),
  },
})

const RANK = { urgent: 0, high: 1, normal: 2, low: 3 }
/** Open tickets first, the urgent and the oldest of them on top; then the done ones, the latest first. */
export function byUrgency(a: Ticket, b: Ticket): number {
  const done = Number(a.state === 'done') - Number(b.state === 'done')
  if (done) return done
  if (a.state === 'done') return (b.done_at ?? b.updated_at).localeCompare(a.done_at ?? a.updated_at)
  return RANK[a.priority] - RANK[b.priority] || a.asked_at.localeCompare(b.asked_at)
}

/**
 * A write on the ticket as the page knows it, or as this page's own writes have left it meanwhile: who acts again before
 * he is answered is in no conflict with himself.
 */
async function onTop(ticket: Ticket, write: (version: number) => Promise<Ticket>): Promise<Ticket> {
  const written = (version: number) => keys.ownWrite(ticket.ticket_id, version)
  let version = ticket.version
  for (let next; (next = queryClient.getQueryData<number>(written(version))) !== undefined;) version = next
  const result = await write(version)
  if (result.version > version) queryClient.setQueryData(written(version), result.version)
  return result
}
const transition = (ticket: Ticket, body: Transition) => onTop(ticket, (version) => repeatable(body, () =>
  unwrap(api.POST('/api/tickets/{ticket_id}/transitions', {
    params: { path: { ticket_id: ticket.ticket_id }, header: ifMatch(version) },
    body,
  })), (now) => now.state === body.to && (body.solution === undefined || now.solution === body.solution)))
const edit = (ticket: Ticket, body: TicketEdit) => onTop(ticket, (version) => repeatable(body, () =>
  unwrap(api.PATCH('/api/tickets/{ticket_id}', {
    params: { path: { ticket_id: ticket.ticket_id }, header: ifMatch(version) },
    body,
  })), (now) => Object.entries(body).every(([name, value]) => now[name as keyof Ticket] === value)))

/** Back to where the ticket was, and to who had it; fails when somebody has changed it since. */
async function takeBack(before: Ticket, now: Ticket): Promise<void> {
  const reason = i18n.global.t('work.undoReason')
  let back = now
  const step = async (body: Transition) => { back = await transition(back, body) }
  if (now.state === 'done') await step({ to: 'in_progress', reason })
  if (back.state !== before.state) await step({ to: before.state, ...(before.state === 'done' && before.solution !== null && { solution: before.solution }) })
  if (back.assignee_agent_id !== before.assignee_agent_id) back = await edit(back, { assignee_agent_id: before.assignee_agent_id })
  putTicket(back)
  void queryClient.invalidateQueries({ queryKey: keys.entries(back.ticket_id) })
  void queryClient.invalidateQueries({ queryKey: keys.attention })
}

export interface TransitionInput { ticket: Ticket; body: Transition }
export interface EditInput { ticket: Ticket; body: TicketEdit }

/** Where the page shows the ticket: among its player's, or alone. */
interface Place<Cache> {
  key: QueryKey
  change: (cache: Cache, id: string, change: Partial<Ticket>) => Cache
  settle: (cache: Cache, ticket: Ticket) => Cache
}
const atPlayer = (playerId: string): Place<TicketsSection> => ({ key: keys.section(playerId, 'tickets'), change: changed, settle: (section, ticket) => withTicket(section, ticket) })
const onItsOwn = (id: string): Place<Ticket> => ({
  key: ['tickets', 'one', id], change: (ticket, _id, change) => ({ ...ticket, ...change }), settle: (old, ticket) => (old.revision > ticket.revision ? old : { ...old, ...ticket }),
})

/** The writes on a ticket; the page shows each at once and takes it back when it is refused. */
export const useTicketWrites = ({ player_id, ticket_id }: Ticket, done: () => void, alone = false) =>
  alone ? writesOn(onItsOwn(ticket_id), done) : writesOn(atPlayer(player_id), done)

function writesOn<Cache>({ key, change, settle }: Place<Cache>, done: () => void) {
  const finish = (ticket: Ticket) => {
    putTicket(ticket)
    void queryClient.invalidateQueries({ queryKey: keys.entries(ticket.ticket_id) })
    void queryClient.invalidateQueries({ queryKey: keys.attention })
    done()
  }
  return {
    transition: useOptimistic<Cache, TransitionInput, Ticket>({
      key, settle,
      done(ticket, { ticket: before }) {
        finish(ticket)
        const text = i18n.global.t('work.moved', { number: ticket.number, state: i18n.global.t(`state.${ticket.state}`) })
        notify(text, { undo: () => takeBack(before, ticket) })
      },
      send: ({ ticket, body }) => transition(ticket, body),
      apply: (cache, { ticket, body }) =>
        change(cache, ticket.ticket_id, { state: body.to, ...(body.solution !== undefined && { solution: body.solution }) }),
    }),
    edit: useOptimistic<Cache, EditInput, Ticket>({
      key, settle, done: finish,
      send: ({ ticket, body }) => edit(ticket, body),
      apply: (cache, { ticket, body }) => change(cache, ticket.ticket_id, body),
    }),
  }
}

/** The step that S takes from a state; done has none without a reason. */
export const nextState: Record<TicketState, TicketState> = { pending: 'in_progress', in_progress: 'done', done: 'in_progress' }

/** A ticket's timeline, the whole of it; no ticket has more entries than these pages hold. */
const MOST_PAGES = 10
export function useEntries(ticketId: string, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: keys.entries(ticketId),
    queryFn: async ({ signal }) => {
      const items: Entry[] = []
      for (let cursor: string | null = null, page = 0; page < MOST_PAGES; page++) {
        const found: List<Entry> = await unwrap(api.GET('/api/tickets/{ticket_id}/entries', {
          params: { path: { ticket_id: ticketId }, query: { limit: 200, ...(cursor && { cursor }) } }, signal,
        }))
        items.push(...found.items)
        cursor = found.next_cursor
        if (!cursor) break
      }
      return { items, next_cursor: null } as List<Entry>
    },
    enabled,
  })
}
