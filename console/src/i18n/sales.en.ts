import type zhCN from './sales.zh-CN'
import type { Texts } from './texts'

const en: Texts<typeof zhCN> = {
  followUps: {
    views: 'Views', view: { mine: 'Mine, due', overdue: 'Overdue', open: 'All open', done: 'Done', proposals: 'To win back' },
    player: 'Player', day: 'Follow up on', from: 'Day from', to: 'Day to', team: 'Team', state: 'State', onlyOverdue: 'Overdue only', onlyDone: 'Done only', acts: 'Actions', moved: 'Put off',
    movedTimes: '{n}×, was {day}', done: 'Done', notYours: 'Only the player’s agent, who stands in, the team’s lead or an admin may do this.',
    postpone: 'Put off', postponeOf: 'Put off the follow-up of {player} (now {day})', newDay: 'Follow up on', reason: 'Reason (optional)', in: { 1: 'Tomorrow', 3: 'In 3 days', 7: 'In 7 days' },
    needsDay: 'Choose a day', past: 'Choose today or later', postponed: 'The follow-up is put off to {day}.',
    empty: 'No follow-up matches. Record a contact as “Thinking” with a day, and it comes up here.',
    ticket: 'Because of', closedTicket: '{category} ticket solved', proposedAt: 'Proposed', noProposals: 'Nobody to win back. Closing a payment or refund ticket proposes it.',
    proposal: { open: 'To decide', taken: 'Taken up', dismissed: 'Dismissed', done: 'Contacted', withdrawn: 'Withdrawn', lapsed: 'Lapsed' },
    take: 'Take up', retake: 'Other day', takeOf: 'Take up {player}: contact on which day?', taken: 'Taken up; you will be reminded on {day}.', dismiss: 'Dismiss', dismissOf: 'Dismiss the proposal for {player}', dismissed: 'The proposal is dismissed.',
  },
  contacts: {
    when: 'Contacted', agent: 'Agent', offered: 'Offered', nextDay: 'Next', playerId: 'Player ID',
    empty: 'No contact matches. Open a player on the home page and press L to record one.',
    views: 'Views', view: { mine: 'Mine', won: 'Won', lost: 'Lost', all: 'All' },
  },
  quotes: {
    views: 'Views', view: { mine: 'Mine, open', ending: 'Ending in 24 h', open: 'All open', all: 'All' },
    number: 'Number', pack: 'Pack', price: 'Price', state: 'State', until: 'Holds until', agent: 'Quoted by', made: 'Quoted at', madeFrom: 'Made from', madeTo: 'Made to', acts: 'Actions', ending: 'Ending in 24 h', playerId: 'Player ID',
    states: { open: 'Open', sold: 'Sold', withdrawn: 'Withdrawn', expired: 'Expired' }, extendedOnce: 'extended',
    empty: 'No quote matches. Open a player on the home page, and what is promised there comes up here.',
    withdraw: 'Withdraw', withdrawOf: 'Withdraw {number}: {player} can no longer buy for {price}', withdrawn: 'Quote {number} is withdrawn.', reason: 'Reason', needsReason: 'Give the reason',
    extend: 'Extend', extendOf: 'Extend {number} ({player}, now until {time})', extendTo: 'Extend until', extended: 'Quote {number} now holds until {time}.', needsTime: 'Choose a time', notLater: 'Choose a time after the present one',
    hint: 'Once only, for 7 days from now at most, and no longer than the pack is valid.', latest: 'Until {time} at the latest',
    notYours: 'Only who made it, the player’s agent, their lead or an admin may withdraw it.', leadsOnly: 'Only the lead of who made it, or an admin, may extend it.', ownQuote: 'Somebody else has to extend your own quote.', open: 'Open the order',
  },
}

export default en
