import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useOwnQuery } from '../useOwnQuery'

/** How a filter stands in the address. `read` answers undefined for what it does not know: that is left out. */
export interface Kind<T> { empty: T; read: (raw: string) => T | undefined; write: (value: T) => string }

export const text = (longest = 64): Kind<string> => ({
  empty: '', read: (raw) => raw.slice(0, longest), write: (value) => value.trim(),
})
/** One of a few; without `otherwise` none needs to be chosen. */
export const oneOf = <T extends string>(values: readonly T[], otherwise: T | '' = ''): Kind<T | ''> => ({
  empty: otherwise, read: (raw) => values.find((value) => value === raw), write: (value) => value,
})
export const someOf = <T extends string>(values: readonly T[]): Kind<T[]> => ({
  empty: [],
  read: (raw) => values.filter((value) => raw.split(',').includes(value)),
  write: (value) => value.join(','),
})
/** An id of what is configured, such as a game or an agent: anything that looks like one. */
export const id = (): Kind<string> => ({
  empty: '', read: (raw) => (/^[\w-]{1,64}$/.test(raw) ? raw : undefined), write: (value) => value,
})
export const flag = (): Kind<boolean> => ({ empty: false, read: (raw) => raw === 'true', write: (value) => (value ? 'true' : '') })
export const day = (): Kind<string> => ({
  empty: '', read: (raw) => (/^\d{4}-\d{2}-\d{2}$/.test(raw) ? raw : undefined), write: (value) => value,
})

/** A day, or whichever it is when asked: that stays right in a bookmark, and past midnight. */
export const TODAY = 'today'
export const dayOrToday = (): Kind<string> => ({ ...day(), read: (raw) => (raw === TODAY ? raw : day().read(raw)) })

type Spec = Record<string, Kind<never>>
export type Values<S> = { [N in keyof S]: S[N] extends Kind<infer T> ? T : never }

/**
 * Filters that live in the address: Back, a reload and a copied link keep them. Defaults are left out. A choice is an
 * entry of the browser's history; typing replaces the one that is there.
 */
export function useFilters<S extends { [N in keyof S]: Kind<any> }>(spec: S) { // eslint-disable-line @typescript-eslint/no-explicit-any
  const route = useRoute()
  const router = useRouter()
  const query = useOwnQuery()
  const kinds = Object.entries(spec as unknown as Spec) as unknown as [keyof S & string, Kind<unknown>][]
  const asText = (kind: Kind<unknown>, value: unknown) => kind.write(value)
  const isSet = ([name, kind]: [keyof S & string, Kind<unknown>], values: Values<S>) =>
    asText(kind, values[name]) !== asText(kind, kind.empty)

  const values = computed(() => Object.fromEntries(kinds.map(([name, kind]) => {
    const raw = query.value[name]
    return [name, (typeof raw === 'string' ? kind.read(raw) : undefined) ?? kind.empty]
  })) as Values<S>)

  const none = Object.fromEntries(kinds.map(([name, kind]) => [name, kind.empty])) as Values<S>

  function address(next: Values<S>) {
    const others = Object.fromEntries(Object.entries(query.value).filter(([name]) => !(name in spec)))
    const ours = Object.fromEntries(kinds.filter((one) => isSet(one, next)).map(([name, kind]) => [name, asText(kind, next[name])]))
    return { ...(route.name ? { name: route.name } : { path: route.path }), params: route.params, query: { ...others, ...ours } }
  }
  function set(change: Partial<Values<S>>, how: 'choice' | 'typing' = 'choice'): void {
    const to = address({ ...values.value, ...change })
    void (how === 'typing' ? router.replace(to) : router.push(to))
  }
  return {
    values,
    set,
    /** The address with these filters alone, for a link; and whether it is the present one. */
    to: (wanted: Partial<Values<S>>) => address({ ...none, ...wanted }),
    is: (wanted: Partial<Values<S>>) => kinds.every(([name, kind]) => asText(kind, { ...none, ...wanted }[name]) === asText(kind, values.value[name])),
    clear: () => set(none),
    /** Names of the filters that narrow the list. */
    active: computed(() => kinds.filter((one) => isSet(one, values.value)).map(([name]) => name)),
  }
}
export type Filters<V> = {
  values: { value: V }
  set: (change: Partial<V>, how?: 'choice' | 'typing') => void
  clear: () => void
  active: { value: string[] }
}
