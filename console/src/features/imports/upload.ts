import { once, type Idempotent } from '../../api/idempotency'
import { fromFetchError, Problem, toProblem } from '../../api/problem'
import type { components } from '../../api/schema'

export type PlayerImport = components['schemas']['PlayerImport']
export const MOST_BYTES = 20 * 1024 * 1024
const DEADLINE_MS = 90_000
const TYPES: Record<string, string> = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }

const ending = (name: string) => /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
/** What is wrong with a file before it is sent: browsers know csv by different types, so its name counts. */
export function fileFault(file: File): 'type' | 'old' | 'large' | 'empty' | null {
  if (ending(file.name) === 'xls') return 'old'
  if (!TYPES[ending(file.name)]) return 'type'
  if (file.size === 0) return 'empty'
  return file.size > MOST_BYTES ? 'large' : null
}

/** Sends the file and says how much of it is there; fetch does not tell that. Sent again, it is one import. */
export const upload = (file: File, sent: (share: number) => void): Promise<PlayerImport> =>
  once(`player-import:${file.name}:${file.size}:${file.lastModified}`, (header) => send(file, header, sent))

function send(file: File, header: Idempotent, sent: (share: number) => void): Promise<PlayerImport> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/player-imports?file_name=${encodeURIComponent(file.name.slice(-200))}`)
    request.setRequestHeader('Content-Type', TYPES[ending(file.name)]!)
    for (const [name, value] of Object.entries(header)) request.setRequestHeader(name, value)
    request.timeout = DEADLINE_MS
    request.upload.onprogress = ({ loaded, total }) => sent(total ? loaded / total : 0)
    request.onerror = () => reject(fromFetchError(new TypeError('network')))
    request.ontimeout = () => reject(new Problem(0, 'timeout', 'Timeout'))
    request.onload = () => {
      const body = parsed(request.responseText)
      const answer = new Response(null, { status: request.status === 204 ? 200 : request.status, headers: { 'X-Request-Id': request.getResponseHeader('X-Request-Id') ?? '' } })
      if (!answer.ok) return reject(toProblem(body, answer))
      resolve(body as PlayerImport)
    }
    request.send(file)
  })
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
