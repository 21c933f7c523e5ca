import type zhCN from './packs.zh-CN'
import type { Texts } from './texts'

const en: Texts<typeof zhCN> = {
  packs: {
    new: 'Build a pack', code: 'Pack ID', name: 'Name', price: 'Price', discount: 'Discount', contents: 'Contents', state: 'State', maker: 'Made by', made: 'Created', search: 'Search',
    searchHint: 'Start of the ID, name', campaign: 'Campaign', validOn: 'On sale on', sort: 'Sort by', sorts: { newest: 'Newest', name: 'Name', price: 'Cheapest first' }, playerId: 'For the player with the ID',
    states: { draft: 'Draft', pending_approval: 'Awaiting approval', active: 'On sale', review: 'Under review', retired: 'Retired' }, ended: 'Expired', forOne: 'For one',
    breaks: { discount: 'discount too large', lowest_price: 'below lowest price' }, breaksLong: { discount: 'The discount is beyond your allowance.', lowest_price: 'The price is below the lowest that the rule allows.' },
    empty: 'No pack matches. Widen the filters, or build a new one.',
    item: 'Item', quantity: 'Quantity', unit: 'Unit price', sum: 'Sum', facts: 'The pack', since: 'since', floor: 'Lowest price', noFloor: 'No rule applies', floorOnceApproved: 'Set once approved', floorOnceSubmitted: 'Set once submitted', floorMeans: 'By the allowance of whoever put it on sale: its maker, or who approved it', waitsForYou: 'Waiting for you. It is sold once approved.', itGives: 'Discount {discount}, you may give {most}', under: 'Below the lowest price',
    rounding: 'Rounding', roundings: { fen: 'to the fen', yuan: 'to whole yuan' }, none: 'No campaign', forWhom: 'For', thisPlayer: 'One player', everybody: 'All players', from: 'On sale from', until: 'On sale until',
    atOnce: 'At once', noEnd: 'No end', reviser: 'Last edited by', approver: 'Approved by', ownAllowance: 'No approval needed', description: 'Description',
    rejectedBy: 'Rejected by {agent}:', inReview: 'A price change broke its rule, so it is not sold. A lead reviews it, or edit it and submit it again.', waits: 'Waiting for a lead. It is sold once approved.', notYours: 'Only its maker, a lead of his team or an admin may change it.',
    revisions: 'Revisions', impacts: 'What price changes did', noImpacts: 'No price change has moved it yet.', 
    causes: { pull: 'Price list pulled', push: 'Pushed by the game', override: 'Fine-tuning', confirm: 'Confirmed by a lead' },
    submit: 'Submit', copy: 'Copy', retire: 'Retire', retireSure: 'A retired pack does not come back. Sure?', copied: 'Copied as {code}. Change it, then submit it.',
    became: { draft: '{code} is saved as a draft.', pending_approval: '{code} is submitted and waits for approval.', active: '{code} is on sale.', review: '{code} is under review.', retired: '{code} is retired.' },
    missing: 'There is no such pack. Pack IDs have no 0, 1, I, L or O. Check it.', toList: 'List of packs', back: 'Back to the pack',
    approve: 'Approve', reject: 'Reject', rejectReason: 'Reason (its maker reads it)', approved: '{code} is approved and on sale.', rejected: '{code} is rejected and a draft again.',
    because: { own_work: 'Nobody approves his own work', discount: 'Beyond the discount that you may give', lowest_price: 'Below the lowest price that you may allow' },
    why: 'Why it waits', change: 'Price today', yourFloor: 'Your lowest', discountOfMost: 'Discount', atMost: 'at most {discount}', waitingSince: 'Waiting', decide: 'Decide', noApprovals: 'No pack waits for approval.',
    addItem: 'Add an item', addItemHint: 'Name or code, Enter adds it', findFailed: 'The search does not answer just now. Try again in a moment.', full: 'At most {n} items', noItems: 'No items yet. Search above, Enter adds the first.',
    remove: 'Remove', removeItem: 'Remove {item}', quantityOf: 'Quantity of {item}',
    discountField: 'Discount (%)', discountHint: 'Such as 20', badDiscount: 'A number from 0 to 100', fromHint: 'Empty: at once', untilHint: 'Empty: without an end',
    forPlayer: 'For one player alone (optional)', forPlayerHint: 'Phone, WeChat ID, name', onlyFor: 'For {player} alone', forAll: 'For all players instead',
    livePrice: 'Price as you build', priceWhen: 'Choose items and a discount, and the price is here at once.', mayDiscount: 'You may give', noRule: 'No allowance',
    verdict: { allowed: 'Within your allowance: on sale as soon as it is submitted.', needsApproval: 'Beyond your allowance: a lead has to approve it first.', nobody: 'Nobody may allow this price. Give less discount.' },
    needs: { contents: 'Add an item first.', quantity: 'Quantities are whole numbers from 1 to 1000000.', discount: 'Enter the discount, 0 for the full price.', order: 'It has to end after it begins.', name: 'Give the pack a name.' },
    saveToSell: 'Put on sale', saveForApproval: 'Submit for approval', saveDraft: 'Save draft', saveRevision: 'Save changes', reset: 'Start over',
    editsDraft: 'This is a draft, not sold before it is submitted.', editsLive: 'Saving makes revision {n}; another discount, contents, campaign or player is judged anew. Quotes and orders stay as they are.',
  },
}

export default en
