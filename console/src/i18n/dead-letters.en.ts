import type zhCN from './dead-letters.zh-CN'
import type { Texts } from './texts'

const en: Texts<typeof zhCN> = {
  deadLetters: {
    listeners: 'Who received it', listener: { tickets: 'Tickets', sales: 'Sales', catalog: 'Catalog' }, of: '{name} ({n})', what: 'What one part of the desk said and another could not handle is kept here; everything else goes on. Once the cause is mended, handle it again: each message takes effect once.',
    kind: { player: 'Player', profile: 'Game profile', agent: 'Agent', item: 'Item', pack: 'Pack', campaign: 'Campaign', ticket: 'Ticket', order: 'Order', digest: 'Comparison' },
    type: 'About', about: 'ID', error: 'Kind of error', at: 'Failed at', act: 'Actions', replay: 'Handle again', unreadable: 'Not readable', empty: 'Every message was handled.', done: 'Handled.', doneBefore: 'Somebody has handled this one already.', failed: '{type}: {error}',
  },
}

export default en
