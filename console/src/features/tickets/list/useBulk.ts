import { ref } from 'vue'
import { api, ifMatch, unwrap } from '../../../api/client'
import { once, repeatable } from '../../../api/idempotency'
import { mayRepeat, Problem, repeatDelay } from '../../../api/problem'
import type { FoundTicket, Ticket, TicketState, Transition } from '../../../api/types'
import { MOST_PAGES, pagesOf, refresh } from '../../../app/invalidate'
import { queryClient } from '../../../app/query'
import { showEverywhere } from '../../sales/lists'

const AT_ONCE = 4
const MOST = 100

export interface Outcome { moved: Ticket[]; unchanged: number; stale: FoundTicket[]; refused: FoundTicket[]; problem: Problem | null }

/** Does the same with each, a few at a time; a failure of one stops none of the others. */
async function each<T, R>(items: T[], act: (item: T) => Promise<R>): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = []
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...await Promise.allSettled(items.slice(start, start + AT_ONCE).map(act)))
  }
  return results
}
const read = (id: string) => unwrap(api.GET('/api/tickets/{ticket_id}', { params: { path: { ticket_id: id } } }))
const show = (ticket: Ticket) => showEverywhere('tickets', 'ticket_id', ticket)
/** A long list is not fetched anew: what was written, or changed by others, is read and put into it, for the next act on it. */
async function readInto(ids: string[]): Promise<void> {
  const lists = queryClient.getQueryCache().findAll({ queryKey: ['tickets', 'list'], type: 'active' })
  if (lists.some((list) => pagesOf(list) > MOST_PAGES)) for (const result of await each(ids, read)) if (result.status === 'fulfilled') show(result.value)
}
/** What failed for the moment is sent again, as other writes are. */
async function again<R>(send: () => Promise<R>, failures = 0): Promise<R> {
  try {
    return await send()
  } catch (error) {
    if (!mayRepeat(failures, error)) throw error
    await new Promise((resolve) => setTimeout(resolve, repeatDelay(failures, error)))
    return again(send, failures + 1)
  }
}
/** What was sent without an answer: the second press means the same act. */
const sent = new Map<string, Transition>()
async function move({ ticket_id, version }: { ticket_id: string; version: number }, to: TicketState, solution?: string): Promise<Ticket> {
  const act = [ticket_id, version, to, solution].join()
  const body = sent.get(act) ?? { to, ...(solution && { solution }) }
  sent.set(act, body)
  const moved = await again(() => repeatable<Ticket>(body, () => unwrap(api.POST('/api/tickets/{ticket_id}/transitions', {
    params: { path: { ticket_id }, header: ifMatch(version) }, body,
  })), (now) => now.state === to && (!solution || now.solution === solution)))
  sent.delete(act)
  show(moved)
  return moved
}

async function handOver(tickets: { ticket_id: string; version: number }[], to: string | null, note: string) {
  const body = { tickets: tickets.map(({ ticket_id, version }) => ({ ticket_id, version })), to_agent_id: to, note }
  const scope = `ticket-transfer:${to}:${tickets.map(({ ticket_id }) => ticket_id).join()}`
  const answer = await again(() => once(scope, (header) => unwrap(api.POST('/api/ticket-transfers', { params: { header }, body }))))
  return answer.items
}

/** The same act on several tickets; each has a fate of its own, and what was moved can be taken back. */
export function useBulk() {
  const busy = ref(false)

  async function run<T>(work: () => Promise<T>): Promise<T> {
    busy.value = true
    try {
      return await work()
    } finally {
      busy.value = false
      void refresh(['tickets', 'list'])
    }
  }

  const setState = (tickets: FoundTicket[], to: TicketState, solution?: string): Promise<Outcome> => run(async () => {
    const wanted = tickets.filter((ticket) => ticket.state !== to)
    const results = await each(wanted, (ticket) => move(ticket, to, ticket.solution ? undefined : solution))
    const failed = results.flatMap((result, at) => (result.status === 'rejected' ? [{ ticket: wanted[at]!, error: result.reason as Error }] : []))
    const stale = failed.filter(({ error }) => error instanceof Problem && error.slug === 'stale-version').map(({ ticket }) => ticket)
    const refused = failed.filter(({ ticket }) => !stale.includes(ticket))
    await readInto(stale.map(({ ticket_id }) => ticket_id))
    return {
      moved: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
      unchanged: tickets.length - wanted.length, stale, refused: refused.map(({ ticket }) => ticket),
      problem: refused.map(({ error }) => error).find((error): error is Problem => error instanceof Problem) ?? null,
    }
  })

  /** Back to the state before, and to who had it then; what somebody has changed since stays. Throws when any did. */
  const undoState = (before: FoundTicket[], moved: Ticket[]): Promise<void> => run(async () => {
    const results = await each(moved, async (ticket) => {
      const old = before.find(({ ticket_id }) => ticket_id === ticket.ticket_id)
      if (!old) return
      const back = await move(ticket, old.state)
      if (back.assignee_agent_id === old.assignee_agent_id) return
      await unwrap(api.PATCH('/api/tickets/{ticket_id}', {
        params: { path: { ticket_id: ticket.ticket_id }, header: ifMatch(back.version) }, body: { assignee_agent_id: old.assignee_agent_id },
      }))
    })
    await readInto(moved.map(({ ticket_id }) => ticket_id))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  })

  const transfer = (tickets: FoundTicket[], to: string | null, note: string): Promise<Outcome> => run(async () => {
    const fates = await handOver(tickets.slice(0, MOST), to, note)
    const fateOf = new Map(fates.map(({ ticket_id, fate }) => [ticket_id, fate]))
    const of = (...wanted: (string | undefined)[]) => tickets.filter(({ ticket_id }) => wanted.includes(fateOf.get(ticket_id)))
    await readInto([...of('moved', 'stale')].map(({ ticket_id }) => ticket_id))
    return { moved: of('moved'), unchanged: of('unchanged').length, stale: of('stale'), refused: of('erased', 'not_found', undefined), problem: null }
  })

  /** Back to whom each had before, unless somebody has handed it on since. */
  const undoTransfer = (moved: Ticket[], to: string | null, note: string): Promise<void> => run(async () => {
    const results = await each(moved, ({ ticket_id }) => read(ticket_id))
    const now = results.flatMap((result) => (result.status === 'fulfilled' && result.value.assignee_agent_id === to ? [result.value] : []))
    for (const owner of new Set(moved.map((ticket) => ticket.assignee_agent_id))) {
      const theirs = now.filter(({ ticket_id }) => moved.some((old) => old.ticket_id === ticket_id && old.assignee_agent_id === owner))
      if (theirs.length) await handOver(theirs, owner, note)
    }
    await readInto(moved.map(({ ticket_id }) => ticket_id))
    if (now.length < moved.length) throw new Error('Somebody was faster')
  })

  return { busy, setState, undoState, transfer, undoTransfer }
}
