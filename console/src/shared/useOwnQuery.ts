import { shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'

/** The address's query as long as it is this page's: while another page opens, this one keeps what it had. */
export function useOwnQuery() {
  const route = useRoute()
  const own = route.name
  const query = shallowRef(route.query)
  watch(() => [route.name, route.query] as const, ([name, next]) => { if (name === own) query.value = next }, { flush: 'sync' })
  return query
}
