import { afterEach, beforeEach, vi } from 'vitest'
import { unmountAll } from './api'
import { queryClient } from '../app/query'
import { dismiss, notices } from '../shared/notices'

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
