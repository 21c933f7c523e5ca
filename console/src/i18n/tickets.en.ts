import type { Texts } from './texts'
import type zhCN from './tickets.zh-CN'

const en: Texts<typeof zhCN> = {
  tickets: {
    views: 'Views', view: { mine: 'Mine, open', overdue: 'Overdue', open: 'All open', all: 'All' },
    number: 'Number', player: 'Player', state: 'State', due: 'Due', asked: 'Asked', search: 'Search', searchHint: 'Phone, name, number', order: 'Sort by', onlyOverdue: 'Overdue only',
    orders: { newest: 'Newest', oldest: 'Oldest', due: 'Due first' }, askedFrom: 'Asked from', askedTo: 'Asked to', assignedTo: 'Assigned to', server: 'Server (of a game)',
    playerId: 'Player ID', parent: 'Incident ID', waits: 'waits: {on}',
    notWhileSearching: 'not while searching',
    empty: 'No ticket matches. Widen the filters, or record one for a player on the home page.',
    bulk: 'Act on the selected', transfer: 'Hand over', transferTo: 'Hand over to', choose: 'Choose an agent', owner: 'the player’s agent', note: 'A note for the agent (required)', to: 'Set to {state}',
    solutionFor: 'Solution (for the {n} that have none)', allSolved: 'All have a solution', moved: '{n} tickets are now: {state}.',
    transferred: '{n} tickets handed over to {agent}.', undoNote: 'Taking back the handover', unchanged: '{n} were so already.', stale: '{n} were just changed by a colleague and left alone: {numbers}.', refused: '{n} failed: {numbers}.',
  },
}

export default en
