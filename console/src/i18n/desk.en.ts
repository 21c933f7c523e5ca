import type zhCN from './desk.zh-CN'
import type { Texts } from './texts'

const en: Texts<typeof zhCN> = {
  desk: {
    history: {
      title: 'History', empty: 'Nothing has changed yet.', created: 'Created', handed_off: 'Agent', tier_changed: 'Tier', merged: 'Merged with another record', merge_undone: 'Merge undone', contacts_revealed: 'Contacts shown',
      profile_appeared: 'New game account', profile_lost: 'Game account gone', renamed: 'Renamed', moved_server: 'Changed server', byGame: 'from the game', unavailable: 'The history cannot be read just now.',
    },
    merge: {
      title: 'Merge another record of the same person', hint: 'The player who is open stays, the other is merged into this one. It can be undone.', find: 'WeChat ID, phone or name of the other', search: 'Find', none: 'No other record was found.', this: 'This one: {value}', other: 'The other: {value}', both: 'Both', submit: 'Merge',
      done: 'The records are merged.', past: 'Merges', undo: 'Undo the merge', undoAsk: 'There will be two players again.', undoReason: 'Merged by mistake', undone: 'The merge is undone.', undoneAt: 'undone', pick: 'Choose', stricter: 'Of two age bands the stricter one stays',
      phones: 'All phones stay: {phones}', coming: 'These come along: {tickets} tickets, {orders} orders, {quotes} quotes, {touches} contacts.', blocked: 'The other one is not to be contacted: after the merge this player is not either.',
    },
    handOver: { to: 'Hand over to', submit: 'Hand over', done: 'The player is handed over to {agent}.', hint: 'Open tickets and follow-ups go with the player.' },
    erase: { title: 'Erase on the player’s request', hint: 'Contacts, names, note, tags and game profiles are removed for good, also those of merged records. It cannot be undone.', reason: 'Reason (no names, no contacts)', submit: 'Erase for good', question: 'Erase for good?', done: 'The player is erased.' },
    lift: { since: 'Recorded by {agent}', reason: 'Why may he be contacted again? (required)', submit: 'Allow contact again', done: 'This player may be contacted again.' },
    timeline: {
      title: 'Timeline of the player', all: 'All', tickets: 'Tickets', sales: 'Sales', players: 'Profile', empty: 'Nothing has happened yet.', emptyKind: 'Nothing of this kind.', unavailable: 'The timeline cannot be read just now.', partly: '{names} cannot be read just now.',
      refund: 'Refund', order: 'Order', quote: 'Quote', touch: 'Contact', delivery: 'Delivery', load: 'Load earlier ones',
    },
    incident: {
      title: 'Incident', children: 'Tickets of this incident', none: 'No tickets belong here yet. Enter numbers to add some.', open: '{open} open, {done} done', add: 'Add', number: 'Ticket numbers', unknown: '{numbers} were not found.', most: 'At most {n} at once.', detach: 'Take off',
      added: '{n} tickets are added.', removed: '{number} is taken off.', parent: 'Incident', answer: 'One answer to all', text: 'Answer', told: 'The players were told on WeChat', close: 'Close the tickets with it', solution: 'Solution (optional; else the answer)', send: 'Answer all {n} tickets',
      progress: '{done} of {total} done', failed: '{n} did not succeed; answer them in their timelines:', finished: 'All are answered.', unavailable: 'The tickets of the incident cannot be read just now.',
    },
    lost: 'The link may be incomplete, or the page has moved.',
    ticket: { player: 'Player', open: 'Open on the home page', missing: 'There is no such ticket', missingHint: 'It may not exist, or the link is wrong.', back: 'Back to the tickets', game: 'Game', reopens: 'Continues an earlier ticket', created: 'Recorded' },
    reveals: { title: 'Who looked at the contacts', empty: 'Nobody else has looked at the contacts.', unavailable: 'The looks cannot be read just now.' },
    purposeLabel: 'What it shows', purpose: { problem: 'Problem', reply: 'Reply', solution: 'Solution' }, remove: 'Delete', removeAsk: 'It cannot be restored.', uploading: 'Uploading {name}',
    dropHint: 'Paste or drop here, up to 10 MB each', template: 'Reply template', chooseTemplate: 'Reply with a template…', noTemplates: 'No reply templates yet', templatesUnavailable: 'Templates cannot be read just now',
    templateFailed: 'The template could not be filled in; try again.', missing: 'Not copied: nothing is known for {names}. The text is below: complete it, then copy it.', account: 'Game account', chooseAccount: 'Several accounts: choose one…', comma: ', ', form: 'Form', owner: 'the player’s agent', transferTo: 'Hand over to', transferNote: 'A note for the agent (required)',
    transferStale: 'A colleague just changed the ticket; it was not handed over. Try again.', transferRefused: 'The ticket could not be handed over.', transferred: '{number} is handed over to {agent}.',
    placeholder: {
      player_name: 'WeChat name', ticket_number: 'ticket number', ticket_title: 'ticket title', agent_name: 'agent’s name', agent_wechat_name: 'agent’s WeChat name', game: 'game', server: 'server', nickname: 'nickname',
    },
  },
}

export default en
