import { createWebHistory, parseQuery, stringifyQuery, type RouterHistory } from 'vue-router'
import { recognise } from '../features/players/recognise'
import { lastAgent } from './session'

/** Where what is searched for may be a WeChat id; elsewhere the same letters are a code. */
const OF_PLAYERS = ['/', '/tickets']
const NUMBER = /^(t-?|#)\d{1,10}$/i
/** A mobile number as far as it is typed: the server finds by its first five digits. */
const BEGINS_A_PHONE = /^(\+?86)?1[3-9]\d{3,}$/

function isContact(path: string, typed: string): boolean {
  const text = typed.normalize('NFKC').trim()
  const { phone, wechat_id } = recognise(text)
  return !NUMBER.test(text) && (phone !== '' || BEGINS_A_PHONE.test(text) || (wechat_id !== '' && OF_PLAYERS.includes(path)))
}

type Hidden = Record<string, string>
/** An address without what looks like a phone or a WeChat id in a search, its own or the one to come back to; and what was taken out. */
function split(fullPath: string): [open: string, hidden: Hidden | null] {
  const [, path = '', search = '', hash = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(fullPath) ?? []
  const query = parseQuery(search)
  const { q, next } = query
  const hidden: Hidden = {
    ...(typeof q === 'string' && isContact(path, q) && { q }), ...(typeof next === 'string' && split(next)[1] && { next }),
  }
  const names = Object.keys(hidden)
  if (names.length === 0) return [fullPath, null]
  const rest = stringifyQuery(Object.fromEntries(Object.entries(query).filter(([name]) => !names.includes(name))))
  return [path + (rest && `?${rest}`) + hash, hidden]
}
export const contactFree = (fullPath: string): string => split(fullPath)[0]

/**
 * The browser's history for the router, which sees every search in its address; the browser's own address, history and
 * log do not: what looks like a player's contact is kept in the entry's state, which Back and a reload bring again to
 * the agent who searched for it, and to nobody who signs in after him.
 */
export function contactFreeHistory(): RouterHistory {
  const base = createWebHistory()
  const now = () => (base.state.hidden && base.state.hiddenOf !== lastAgent() ? null : base.state.hidden) as Hidden | null | undefined
  let last = now()
  function whole(path: string): string {
    const hidden = last = now()
    if (!hidden) return path
    const [, before = '', search = '', hash = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(path) ?? []
    return `${before}?${stringifyQuery({ ...hidden, ...parseQuery(search) })}${hash}`
  }
  const write = (how: 'push' | 'replace') => (to: string, data?: Parameters<RouterHistory['push']>[1]) => {
    const [open, hidden] = split(to)
    base[how](open, { ...data, hidden, hiddenOf: lastAgent() })
    last = hidden
  }
  return {
    ...base,
    get location() { return whole(base.location) },
    get state() { return base.state },
    push: write('push'),
    replace: write('replace'),
    createHref: (to) => base.createHref(contactFree(to)),
    listen: (heard) => base.listen((to, from, about) => {
      // A link within the page makes an entry without a state.
      if (now() === undefined && last && to.split('#')[0] === from.split('#')[0]) base.replace(to, { hidden: last, hiddenOf: lastAgent() })
      heard(whole(to), from, about)
    }),
  }
}
