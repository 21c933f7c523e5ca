import { afterEach, beforeEach, vi } from 'vitest'
import { unmountAll } from './api'
import { loadMessages } from '../app/i18n'
import { queryClient } from '../app/query'
import { dismiss, notices } from '../shared/notices'

// A busy machine takes its time; what never comes fails all the same.
const { waitFor } = vi
vi.waitFor = (check, options) => waitFor(check, typeof options === 'number' ? options : { timeout: 10_000, ...options })

// As the frame does.
await loadMessages('problems')

beforeEach(() => {
  sessionStorage.clear()
  queryClient.clear()
  queryClient.setDefaultOptions({
    queries: { ...queryClient.getDefaultOptions().queries, retryDelay: 0 },
    mutations: { ...queryClient.getDefaultOptions().mutations, retryDelay: 0 },
  })
})
afterEach(() => {
  unmountAll()
  for (const { id } of [...notices]) dismiss(id)
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})
