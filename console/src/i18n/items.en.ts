import type zhCN from './items.zh-CN'
import type { Texts } from './texts'

const en: Texts<typeof zhCN> = {
  items: {
    code: 'Code', name: 'Name', gamePrice: 'Game price', override: 'Our price', price: 'Price now', pending: 'Waiting price', updated: 'Changed', search: 'Search', searchHint: 'Start of the code, name', sort: 'Sort by',
    sorts: { code: 'Code', recent: 'Last changed' }, pendings: { held: 'Held', scheduled: 'Scheduled' }, onlyOverridden: 'Fine-tuned only', onlyDiffering: 'Differs from the game only', differs: 'Differs',
    noneMatch: 'No item matches.', empty: 'There are no items yet. Ask a lead to pull a game’s price list.', emptyLead: 'There are no items yet. Pull a game’s price list first.',
    fineTune: 'Fine-tune', fineTuneOf: 'Fine-tune {item}', newPrice: 'Our price (¥)', emptyMeansGame: 'Empty: the game price', reason: 'Reason (required)', reasonOptional: 'Reason (optional)', useGamePrice: 'Back to the game price', noOverride: 'none',
    tuned: '{item} now costs {price}.', backToGame: '{item} has the game price of {price} again.', undoReason: 'Taking back the fine-tuning',
    bulk: 'Decide on held prices', heldOf: '{n} of them have a held price', noneHeld: 'None of the selected has a held price.', apply: 'Bring into force', discard: 'Refuse', previewOneGame: 'The selected are of several games. Select those of one to preview the impact.',
    decidedMeanwhile: { apply: 'This price has been let through already. The game\'s price is now {price}.', discard: 'This price waits no longer, and was not taken. The game\'s price is {price}.' },
    decided: { apply: '{n} prices are in force.', discard: '{n} prices were refused.' }, fates: { stale: '{n} had just changed and were left alone: {names}.', no_price_held: '{n} have no held price any more: {names}.', unknown_item: '{n} are gone: {names}.' },
    facts: 'The item', missing: 'There is no such item.', toList: 'Price list', waiting: { held: 'So large a change waits for a lead:', scheduled: 'Comes into force by itself:' }, received: 'received', effective: 'effective', leadDecides: 'A lead decides on it.',
    itsPacks: 'Packs with this item', noPacks: 'No pack has it yet.', history: 'History of its prices', noHistory: 'Nothing has happened to its price yet.', byGame: 'The game', itsImpact: 'What it did to packs', sources: { pull: 'Pulled', push: 'Pushed', override: 'Fine-tuned', confirm: 'Brought into force', discard: 'Refused' },
    pulls: 'Pull price list', startPull: 'Start pulling', pullStarted: 'Pulling has begun; its progress is below.', noPulls: 'Nothing was pulled yet. Choose a game and start.', pullStates: { queued: 'Queued', running: 'Running', done: 'Done', failed: 'Failed' },
    pullProgress: 'Progress of pulling {game}', seen: '{n} read', seenOf: '{n} of {total} read', changed: '{n} changed', pullTrouble: 'Last attempt:', byClock: 'by the clock',
  },
  impacts: {
    at: 'Time', cause: 'Cause', actor: 'By', items: 'Items', packs: 'Packs', review: 'To review', causeId: 'ID of its cause', causeHint: 'Of a push, pull or decision',
    empty: 'No price change has touched a pack yet.', toList: 'All price impacts', missing: 'There is no record of this price change. Records are kept for 400 days.', facts: 'This change', packsOf: 'Packs that it touched',
    counts: '{items} items and {packs} packs changed price, {review} went to review', listPrice: 'Full price', packPrice: 'Price', after: 'State after it', quotes: 'Open quotes', until: 'until {time} at the latest',
    openQuotes: 'quotes at the old price: {n}', noQuotes: 'Open quotes cannot be read just now; the rest is complete.', previewWhen: 'Change the price, and what it does to packs is shown here.', noPacks: 'No pack is touched.', packsChange: '{n} packs change their price with it.',
    toReview: '{n} of them break their rule, go to review and are not sold until then.', andMore: '{n} more',
  },
}

export default en
