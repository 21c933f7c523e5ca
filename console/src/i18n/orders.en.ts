import type zhCN from './orders.zh-CN'
import type { Texts } from './texts'

const en: Texts<typeof zhCN> = {
  orders: {
    views: 'Views', view: { mine: 'Sold by me', unverified: 'To confirm', delivered: 'Delivered', all: 'All' },
    number: 'Order', player: 'Player', pack: 'Pack', paid: 'Paid', state: 'State', delivery: 'Delivery', seller: 'Sold by', team: 'Team', verified: 'Payment', search: 'Search', searchHint: 'Order or transaction number', paidFrom: 'Paid from', paidTo: 'Paid to', refundedFrom: 'Refunded from', refundedTo: 'Refunded to', playerId: 'Player ID', orderId: 'Order ID', acts: 'Actions',
    arrived: 'Arrived', empty: 'No order matches. Open a player on the home page and use “Enter a sale” for the first one.', nothingToConfirm: 'No payment waits. A new transfer comes up here when it is entered.',
    toList: 'Back to the orders', comma: ', ', refusedActs: '{acts}: {why}', about: 'Order {number}.', unreadable: 'The order cannot be read just now.',
    item: 'Item', unit: 'Unit price', quantity: 'Quantity', sum: 'Sum', listPrice: 'Full price', discount: 'Discount', frozen: 'as it was sold',
    payment: 'Payment', difference: 'Why the difference', standIn: 'Stand-in', history: 'What happened',
    attempts: 'Attempts', lastReason: 'Last answer', nextAttempt: 'Next attempt', owedSince: 'Due since', deliveredAt: 'Delivered at', accountUnknown: 'No account', waitsForPayment: 'Delivered by itself once the payment is confirmed.',
    noRefunds: 'No refunds.', noRefundsAtAll: 'No refunds. Record one on an order’s page, and it comes up here.', noDeliveries: 'No delivery matches. What is confirmed is delivered by itself.',
    refundedOf: 'Refunded / paid', afterDelivery: 'After delivery', afterUnknown: 'Game to confirm', beforeDelivery: 'Not delivered', refundedBy: 'Recorded by', refundAmountShort: 'Amount',
    deliveryState: { waiting: 'Payment to confirm', queued: 'Queued', sending: 'Sending', delivered: 'Delivered', failed: 'Failed', stopped: 'Stopped', not_possible: 'No account' },
    deliveryView: { overdue: 'Overdue', stuck: 'Stuck', mine: 'Mine, stuck', all: 'All' }, onlyOverdue: 'Overdue only', tried: 'Tried {n}×: {why}',
    gameSays: { status: 'The game refuses ({code})', lookup: 'The game does not tell ({code})', timeout: 'The game took too long', connection: 'The game is not reached', body: 'The game’s answer makes no sense', before: 'Before automatic delivery' },
    act: { verify: 'It arrived', reject: 'Never came', cancel: 'Cancel', refund: 'Record a refund', retry: 'Deliver again' }, changeAccount: 'Other account',
    title: {
      verify: 'Has {amount} arrived? {method}, transaction {transaction}. Delivery begins at once; this cannot be taken back.', reject: 'The payment of {number} never came', cancel: 'Cancel {number}',
    },
    hint: { reject: 'The order is cancelled; its transaction ID and its quote are free again.', cancel: 'Only for an order entered by mistake; money that was paid is refunded.' },
    done: { verify: '{number}: payment confirmed, delivery begins.', reject: '{number}: marked as never paid, and cancelled.', cancel: '{number} is cancelled.' },
    arrivedQuestion: 'Has {amount} arrived?', rejectReason: 'Why the payment of {number} does not count', rejectHint: 'Why, such as: not on the account',
    reason: 'Reason', needsReason: 'Give the reason', needsAmount: 'Enter the amount', tooMuch: 'At most {left} can be refunded',
    refundOf: 'Record a refund of {number} ({left} at most)', refundAmount: 'Amount refunded (¥)', refundMethod: 'Refunded by', refundTransaction: 'Refund number (optional)', refundedAt: 'Refunded at',
    refunded: '{number}: a refund of {amount} is recorded.', refundedAfter: '{number}: a refund of {amount} is recorded. The items were delivered and stay with the player.',
    retry: 'Deliver', retryOf: '{number}: deliver to which account?', retried: '{number}: the game is asked again.', sameAccount: 'The same account: {account}', readingAccounts: 'Reading the accounts…', noAccount: 'The player has no account in this game: refresh the profiles first, or refund.',
    accountsUnavailable: 'Accounts cannot be read just now; only the same one can be used.',
    own: 'Somebody else has to decide about your own sale.', ownConfirmed: 'Your own sale, with its payment confirmed: another lead or an admin has to cancel it.', leadsOnly: 'Only the lead of who sold it, or an admin, may do this.', concerned: 'Only who sold it, the player’s agent, their lead or an admin may do this.',
    not: { verify: 'No payment waits here.', reject: 'No payment waits here.', cancel: 'It cannot be cancelled now.', refund: 'Nothing can be refunded.', retry: 'It is delivered or stopped.' },
    story: {
      quoted: 'Quoted', extended: 'Quote extended', paid: 'Paid by the player', recorded: 'Order entered', verified: 'Payment confirmed', queued: 'Delivery begun', overdue: 'Delivery overdue', delivered: 'Delivered by the game', refunded: 'Refunded', rejected: 'Never paid, cancelled',
      cancelled: 'Cancelled',
    },
  },
}

export default en
