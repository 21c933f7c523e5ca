import { expect, test, vi } from 'vitest'
import { problem, stubApi } from '../testing/api'
import { api, ifMatch, unwrap, whenSignedOut } from './client'
import { once, repeatable } from './idempotency'
import { mayRepeat, Problem, repeatDelay, toProblem } from './problem'

const ticket = { params: { path: { ticket_id: 't1' } } }
const failure = async (call: Promise<unknown>) => call.then(() => null, (error: unknown) => error as Problem)

test('a problem document becomes a Problem with its fields and extras', async () => {
  stubApi({ 'GET /tickets/t1': [409, problem('player-exists', { existing_player_id: 'p9', errors: [{ pointer: '/phone', rule: 'pattern', message: 'no' }] })] })
  const found = await failure(unwrap(api.GET('/api/tickets/{ticket_id}', ticket)))
  expect(found).toBeInstanceOf(Problem)
  expect(found).toMatchObject({ slug: 'player-exists', status: 409, requestId: 'req-1', extra: { existing_player_id: 'p9' }, transient: false })
  expect(found!.field('phone')).toBe('no')
})

test('no answer is a transient problem', async () => {
  stubApi({ 'GET /tickets/t1': 'network' })
  expect(await failure(unwrap(api.GET('/api/tickets/{ticket_id}', ticket)))).toMatchObject({ slug: 'network', transient: true })
})

test.each([[null, [300, 900]], ['2', [2_000, 2_000]], ['0', [300, 900]], ['10', [10_000, 10_000]], ['soon', [300, 900]]])('Retry-After %s is waited for before anything is sent again by itself', (wait, delays) => {
  const found = toProblem(problem('too-many-requests'), new Response(null, { status: 429, headers: wait === null ? {} : { 'Retry-After': wait } }))
  expect([0, 1].map((failures) => repeatDelay(failures, found))).toEqual(delays)
  expect([0, 1, 2].map((failures) => mayRepeat(failures, found))).toEqual([true, true, false])
})

test('who is asked to wait long is told so, and what cannot succeed is not sent again', () => {
  const late = new Response(null, { status: 503, headers: { 'Retry-After': new Date(Date.now() + 60_000).toUTCString() } })
  expect([toProblem(null, late), new Problem(400, 'validation', '')].map((found) => mayRepeat(0, found))).toEqual([false, false])
})

test('an ended session is reported once it is noticed, but not by the question who is signed in', async () => {
  const ended = vi.fn()
  whenSignedOut(ended)
  stubApi({ 'GET /tickets/t1': [401, problem('unauthenticated')], 'GET /session': [401, problem('unauthenticated')] })
  await failure(unwrap(api.GET('/api/session')))
  expect(ended).not.toHaveBeenCalled()
  await failure(unwrap(api.GET('/api/tickets/{ticket_id}', ticket)))
  expect(ended).toHaveBeenCalledOnce()
})

test('an edit names the version that it was made from', async () => {
  const stub = stubApi({ 'PATCH /tickets/t1': [200, {}] })
  await unwrap(api.PATCH('/api/tickets/{ticket_id}', { params: { path: { ticket_id: 't1' }, header: ifMatch(7) }, body: { solution: 'x' } }))
  expect(stub.calls[0]!.headers.get('If-Match')).toBe('"7"')
})

test('a submission keeps its key until it is known what became of it, whatever was edited meanwhile', async () => {
  const keys: string[] = []
  const send = (outcome: 'lost' | 'refused' | 'reused' | 'done') => once('ticket', async (header) => {
    keys.push(header['Idempotency-Key'])
    if (outcome === 'lost') throw new Problem(0, 'network', '')
    if (outcome === 'refused') throw new Problem(400, 'validation', '')
    if (outcome === 'reused') throw new Problem(422, 'idempotency-key-reused', '')
  }).catch(() => undefined)
  for (const outcome of ['lost', 'refused', 'reused', 'lost', 'done', 'done'] as const) await send(outcome)
  const [first, second, third, fourth, fifth, sixth] = keys
  expect(first).toMatch(/^[A-Za-z0-9_-]{8,64}$/)
  expect([second, third]).toEqual([first, first])
  expect(fourth).not.toBe(first)
  expect(fifth).toBe(fourth)
  expect(sixth).not.toBe(fifth)

  vi.useFakeTimers({ toFake: ['Date'] })
  await send('lost')
  vi.setSystemTime(Date.now() + 3_500_000)
  await send('lost')
  vi.setSystemTime(Date.now() + 200_000)
  await send('done')
  vi.useRealTimers()
  expect(keys[7]).toBe(keys[6])
  expect(keys[8]).not.toBe(keys[6])
})

test('an edit that got through without its answer is answered by its repetition; else the newer version is a colleague\'s', async () => {
  const lost = new Problem(0, 'network', '')
  const stale = new Problem(412, 'stale-version', '', null, [], null, { current: { text: 'mine' } })
  const send = (body: { text: string }, ...answers: Problem[]) => {
    const one = () => repeatable(body, () => Promise.reject(answers.shift()!), (now: { text: string }) => now.text === body.text)
    return answers.reduce<Promise<unknown>>((last) => last.then(() => one().catch((error: unknown) => error)), Promise.resolve())
  }
  expect(await send({ text: 'mine' }, lost, stale)).toEqual({ text: 'mine' })
  expect(await send({ text: 'another' }, lost, stale)).toBe(stale)
  expect(await send({ text: 'mine' }, stale)).toBe(stale)
})
