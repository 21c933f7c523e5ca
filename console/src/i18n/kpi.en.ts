import type { Texts } from './texts'
import type zhCN from './kpi.zh-CN'

const en: Texts<typeof zhCN> = {
  page: { 'kpi-records': 'Records' },
  kpi: {
    side: { response: 'Answers', sales: 'Sales' },
    period: 'Period', periods: { today: 'Today', week: 'This week', month: 'This month', own: 'Other days' }, from: 'From', to: 'To', badDay: 'Choose the first and the last day.', badOrder: 'The last day is before the first.', tooLong: '92 days at most at once. Choose fewer.',
    groupBy: 'Group by', by: { agent: 'Agent', team: 'Team', day: 'Day', campaign: 'Campaign', pack: 'Pack', tier: 'Tier', reason: 'Reason' },
    without: { agent: 'No agent', team: 'No team', day: 'No day', campaign: 'No campaign', pack: 'No pack', tier: 'No tier', reason: 'No reason' },
    agent: 'Agent', team: 'Team', clock: 'Clock', clocks: { working: 'Working time', elapsed: 'Wall clock' },
    chart: 'Chart', asTable: 'As a table', chartOf: 'Chart: {figures}. “As a table” says the same in figures.', charts: { response: 'First response', resolution: 'Resolution', tickets: 'Opened and done', missed: 'Missed', backlog: 'Backlog', money: 'Paid and refunded', rate: 'Contacts to deals', contacts: 'Contacts and deals', orders: 'Orders and delivery', refusals: 'Lost, won back', quotes: 'Quotes' },
    unit: { seconds: 'In minutes', fen: 'In ¥', share: 'In per cent' }, largest: 'The first {n} are drawn, all are in the table below.', nothing: 'Nothing to draw.',
    noGroups: 'Tickets have no “{by}”: the table below has sales alone.', explain: 'What it means: {what}', open: '{what}: show the records', empty: 'Nothing in this period. Choose other days or fewer filters.', showAll: 'Show all {n} rows', more: 'There are more groups. Choose fewer days or a filter.',
    seconds: '{n} s', minutes: '{n} min', hours: '{h} h', hoursMinutes: '{h} h {m} min',
    figure: {
      response_median: 'First response, median', response_p90: 'First response, 90% within', answered: 'Answered', response_missed: 'First response missed', late_recorded: 'Recorded late', resolution_median: 'Resolution, median', resolution_p90: 'Resolution, 90% within',
      resolution_missed: 'Resolution missed', opened: 'New tickets', done: 'Done', backlog: 'Backlog', backlog_overdue: 'Overdue backlog', reopen_rate: 'Reopened, share', reopened: 'Reopened',
      touches: 'Contacts', reached: 'Reached', players: 'Players', deal_rate: 'Contact to deal', deals: 'Deals', revenue: 'Paid', refunded: 'Refunded', net: 'Net', unverified_fen: 'Unconfirmed', orders: 'Orders', median_order: 'Median order',
      average_order: 'Average order', delivered: 'Delivered', delivery_overdue: 'Delivery overdue', lost: 'Lost', won_back: 'Won back', thinking: 'Thinking', quotes: 'Quotes', quotes_sold: 'Quotes sold',
    },
    means: {
      response_median: 'From the question on WeChat to the first answer that the player saw: half took no longer. No mean, for it hides who waited longest.', response_p90: 'Nine in ten took no longer.', answered: 'Of those opened in the period, those with a first answer.', response_missed: 'Answered late, or not answered and overdue. What nobody answers counts too.',
      late_recorded: 'Answers recorded more than 15 minutes after they were given: their times rest on memory.', resolution_median: 'Half of those done in the period took no longer. Waiting for the player is not counted.', resolution_p90: 'Nine in ten took no longer.', resolution_missed: 'Done late, or not done and overdue.',
      opened: 'Asked or reopened in the period.', done: 'Done in the period, whenever they were asked.', backlog: 'Not done at the end of the period, or now if that is still to come.', backlog_overdue: 'Of the backlog, those that missed a deadline.', reopen_rate: 'Of those done, the share that was opened again.', reopened: 'How many were opened again after they were done.',
      touches: 'Contacts, by the day on which they happened.', reached: 'Contacts that the player answered: all but “No reply”.', players: 'How many persons; who was merged is one.', deal_rate: 'Deals of all contacts.', deals: 'Contacts with an order that stands; called sold without an order is none.',
      revenue: 'What was paid, not what was due; without cancelled orders.', refunded: 'What went back in the period, whenever the order was.', net: 'Paid less refunded; below zero when more went back.', unverified_fen: 'Of what was paid, what nobody has confirmed yet.', orders: 'Paid and not cancelled.', median_order: 'Half of the orders brought no more; one large order does not move it.',
      average_order: 'Paid by orders.', delivered: 'Orders that the game has delivered.', delivery_overdue: 'Orders that the game owes for too long.', lost: 'Contacts that ended without a sale.', won_back: 'Of those, players who have bought since.', thinking: 'Contacts after which the player thinks it over.', quotes: 'Made in the period.', quotes_sold: 'Of those, what became an order.',
    },
    behind: {
      opened: 'New tickets', first_response: 'Answered tickets', first_response_missed: 'First response missed', resolution: 'Tickets done', resolution_missed: 'Resolution missed', backlog: 'Backlog', backlog_overdue: 'Overdue backlog', reopened: 'Reopened tickets',
      touches: 'Contacts', reached: 'Contacts that were answered', deals: 'Deals', lost: 'Lost contacts', won_back: 'Won back', thinking: 'Thinking', orders: 'Orders', unverified: 'Unconfirmed orders', delivered: 'Delivered orders', delivery_overdue: 'Overdue deliveries', refunds: 'Refunds', quotes: 'Quotes', quotes_sold: 'Quotes sold',
    },
    behindMeans: {
      opened: 'Asked or reopened in the period.', first_response: 'Opened in the period, with a first answer.', first_response_missed: 'Answered late, or not answered and overdue.', resolution: 'Done in the period.', resolution_missed: 'Done late, or not done and overdue.', backlog: 'Not done at the end of the period.', backlog_overdue: 'Of the backlog, those that missed a deadline.', reopened: 'Done in the period and opened again since.',
      touches: 'By the day on which they happened.', reached: 'Contacts that the player answered.', deals: 'Contacts with an order that stands.', lost: 'Contacts that ended without a sale.', won_back: 'Lost, but the player has bought since.', thinking: 'Contacts after which the player thinks it over.', orders: 'Paid in the period and not cancelled.', unverified: 'Orders whose payment nobody has confirmed.', delivered: 'Orders that the game has delivered.', delivery_overdue: 'Orders that the game owes for too long.', refunds: 'Given back in the period, whenever the order was.', quotes: 'Made in the period.', quotes_sold: 'Quotes that became an order.',
    },
    kind: { touch: 'Contact', order: 'Order', refund: 'Refund', quote: 'Quote' },
    quoteState: { open: 'Open', sold: 'Sold', withdrawn: 'Withdrawn', expired: 'Expired' },
    records: {
      of: 'Records: {what}', back: 'Back to the board', figure: 'Figure', number: 'Number', player: 'Player', what: 'What', result: 'Result', took: 'Took', deadline: 'Deadline', missed: 'Missed', late: 'Recorded late', waits: 'Waiting', opened: 'Asked', at: 'When', amount: 'Amount', without: 'Only without', cycle: 'round {n}',
      empty: 'There are no such records. Choose other days or clear the filters.',
    },
  },
}

export default en
