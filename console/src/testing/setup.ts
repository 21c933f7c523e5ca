import { afterEach, beforeEach, vi } from 'vitest'
import { unmountAll } from './api'
import { queryClient } from '../app/query'

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
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})
