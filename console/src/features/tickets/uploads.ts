import { computed, reactive, shallowReactive } from 'vue'
import { reportSignedOut } from '../../api/client'
import { mayRepeat, Problem, repeatDelay, toProblem } from '../../api/problem'
import type { Attachment } from '../../api/types'
import { refresh } from '../../app/invalidate'
import { keys, queryClient } from '../../app/query'
import { guardUnload } from '../../app/unload'

export type Purpose = Attachment['purpose']
export interface Upload { id: number; ticketId: string; file: File; purpose: Purpose; percent: number; problem: Problem | null; key: string; stop?: () => void }

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']
const MOST_BYTES = 10 * 1024 * 1024
const DEADLINE_MS = 120_000

/** Pictures on their way, of all tickets: an upload goes on while the agent does something else. */
export const uploads = shallowReactive<Upload[]>([])
let last = 0
/** One after the other, in the order in which they were chosen. */
let line: Promise<unknown> = Promise.resolve()

/** Pictures that wait for a ticket to hang on, by agent and player. They outlast the page, not the window: leaving that warns. */
const waiting = shallowReactive(new Map<string, File[]>())
export const waitingPictures = (scope: () => string) => computed<File[]>({
  get: () => waiting.get(scope()) ?? [],
  set: (files) => { if (files.length) waiting.set(scope(), files); else waiting.delete(scope()) },
})
guardUnload(() => waiting.size > 0 || uploads.some((one) => one.problem === null || mayGetThrough(one)))

/** The pictures of what was pasted, dropped or chosen. */
export const picturesIn = (data: DataTransfer | null): File[] =>
  [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'))

/** The pictures that are dropped; a file never opens in the page's place, a text goes into its field as always. */
export function dropped(event: DragEvent): File[] {
  if (event.dataTransfer?.files.length) event.preventDefault()
  return picturesIn(event.dataTransfer)
}

export function upload(ticketId: string, files: File[], purpose: Purpose): void {
  for (const file of files) {
    const one = reactive<Upload>({ id: ++last, ticketId, file, purpose, percent: 0, problem: null, key: randomKey() })
    uploads.push(one)
    start(one)
  }
}
// It lives and ends with its upload: a file's name says nothing of what is in it.
const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
const isWanted = (one: Upload) => uploads.some(({ id }) => id === one.id)

export function start(one: Upload): void {
  one.problem = refused(one.file)
  if (one.problem) return
  one.percent = 0
  line = line.then(() => send(one)).catch((error: unknown) => { one.problem = error instanceof Problem ? error : new Problem(0, 'network', 'Network') })
}
/** Whether what failed is worth another try: the server, the network or the session failed, not the picture. */
export const mayGetThrough = ({ file, problem }: Upload): boolean => problem !== null && !refused(file) && (problem.ambiguous || problem.status === 401)
/** Forgets an upload; one that is on its way is stopped. */
export function giveUp(one: Upload): void {
  one.stop?.()
  const at = uploads.findIndex(({ id }) => id === one.id)
  if (at >= 0) uploads.splice(at, 1)
}

/** What the server would refuse anyway is not sent. */
function refused(file: File): Problem | null {
  if (!PICTURE_TYPES.includes(file.type)) return new Problem(0, 'picture-type', 'Not a picture')
  return file.size > MOST_BYTES ? new Problem(0, 'picture-too-large', 'Too large') : null
}

async function send(one: Upload, failures = 0): Promise<void> {
  if (!isWanted(one)) return
  const query = new URLSearchParams({ purpose: one.purpose, ...(one.file.name && { name: one.file.name.slice(0, 120) }) })
  try {
    await put(`/api/tickets/${one.ticketId}/attachments?${query.toString()}`, one)
  } catch (error) {
    // Only where the server says when: a picture is large, and the agent sees what has become of it.
    if (!(error instanceof Problem && error.waitMs !== null && mayRepeat(failures, error))) throw error
    one.percent = 0
    await new Promise((resolve) => setTimeout(resolve, repeatDelay(failures, error)))
    return send(one, failures + 1)
  }
  await refresh(['tickets', 'one', one.ticketId])
  void queryClient.invalidateQueries({ queryKey: keys.entries(one.ticketId) })
  giveUp(one)
}

/** fetch tells nothing of how far an upload is. */
function put(url: string, one: Upload): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.timeout = DEADLINE_MS
    request.setRequestHeader('Content-Type', one.file.type)
    request.setRequestHeader('Idempotency-Key', one.key)
    request.upload.onprogress = ({ loaded, total }) => { one.percent = total ? Math.round((loaded / total) * 100) : 0 }
    one.stop = () => request.abort()
    request.onerror = () => reject(new Problem(0, 'network', 'Network'))
    request.ontimeout = () => reject(new Problem(0, 'timeout', 'Timeout'))
    request.onabort = () => resolve()
    request.onload = () => {
      if (request.status < 300) return resolve()
      if (request.status === 401) reportSignedOut()
      let body: unknown = null
      try { body = JSON.parse(request.responseText) } catch { /* not a problem document */ }
      reject(toProblem(body, new Response(null, { status: request.status, headers: { 'Retry-After': request.getResponseHeader('Retry-After') ?? '' } })))
    }
    request.send(one.file)
  })
}
