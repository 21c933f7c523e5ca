import type { Texts } from './texts'
import type zhCN from './campaigns.zh-CN'

const en: Texts<typeof zhCN> = {
  page: { 'campaign-calls': 'Call list' },
  campaigns: {
    new: 'New campaign', create: 'Save as draft', created: 'Campaign “{name}” is saved as a draft. Launch it when it is ready.', saved: 'Campaign saved.', readOnly: 'Leads and admins plan campaigns. You can see them and their call lists.',
    notYours: 'Leads of {team} and admins change this campaign.', allTeams: 'all teams', empty: 'No campaigns yet. Plan the first with “New campaign”.', emptyAgent: 'No campaigns yet. They appear here once a lead has planned one.', emptyFiltered: 'No campaign matches.',
    missing: 'There is no such campaign', missingHint: 'The link may be incomplete. Open the campaign from the list.', back: 'All campaigns',
    name: 'Name', theme: 'Theme', themeHint: 'One line for the agents: why to call, what to offer first', days: 'Days', startsOn: 'First day', endsOn: 'Last day', games: 'Games', packs: 'Packs', segment: 'For whom', note: 'Note',
    state: 'State', states: { draft: 'Draft', running: 'Running', ended: 'Ended' }, notYet: 'Not started yet', team: 'Team', madeBy: 'Planned by', launchedAt: 'Launched', endedAt: 'Ended', byItself: 'by itself, its days were over',
    launch: 'Launch', launchSure: 'Its games and first day cannot change afterwards; the call list is drawn at once.', launched: '“{name}” is running. Its call list is being drawn.',
    end: 'End campaign', endSure: 'This is final; its discounts end too.', giveUp: 'Give draft up', giveUpSure: 'This is final.', endedNow: '“{name}” has ended.',
    fixed: 'Cannot change after the launch', needsName: 'Give it a name', needsTheme: 'Give it a theme', needsDays: 'Choose the first and the last day', needsOrder: 'The last day is before the first', needsGame: 'Choose at least one game', gamesUnavailable: 'The games cannot be read just now',
    everybody: 'All players but minors', key: { new: 'New campaign', edit: 'Edit campaign', calls: 'Open call list' },
    seg: {
      tiers: 'Tiers (none for all)', game: 'Plays', anyGame: 'Any', server: 'Server', serverNeedsGame: 'Choose a game first', notContacted: 'Not contacted for (days)', boughtWithin: 'Bought within (days)', minOrders: 'Orders, at least', minSpent: 'Spent at least (¥)', neverBought: 'Never bought',
      neverHint: 'Not together with what was bought', any: 'Any',
    },
    says: { notContacted: 'not contacted for {n} days', boughtWithin: 'bought within {n} days', minOrders: '{n} orders at least', minSpent: 'spent {amount} at least', neverBought: 'never bought' },
    audience: { title: 'Audience', counting: 'Counting…', players: '{n} players', none: 'Nobody matches. Ask for less.', left: 'Left out: {minors} minors, {blocked} who asked not to be contacted.', partly: 'Too many: only the first {n} were looked at, there are more.', failed: 'The audience cannot be counted just now. You can save all the same.' },
    pick: { label: 'Add packs', placeholder: 'Pack ID or name', add: 'Add', added: 'Chosen', remove: 'Remove {code}', none: 'No pack to choose was found.', needsGame: 'Choose a game before its packs.', empty: 'No packs yet. A pack can also name this campaign when it is built.', full: '100 at most', unavailable: 'Packs cannot be read just now.', several: '{n} chosen', all: '{n} more' },
    packsOf: { title: 'Packs of the campaign', code: 'Pack ID', name: 'Name', price: 'Price', from: 'How', made: 'Made for it', listed: 'Chosen', empty: 'No packs yet. Edit the campaign to choose some, or name it when you build a pack.' },
    packState: { draft: 'Draft', pending_approval: 'Awaiting approval', active: 'On sale', review: 'Under review', retired: 'Retired' },
    plan: 'Plan', progress: 'List and progress', calls: 'Call list', myCalls: 'My call list',
    draw: {
      waiting: 'The list will be drawn in a moment…', running: 'Drawing the list: {looked} of {players} players looked at, {added} added', done: 'The list is drawn: {added} added', stopped: 'The campaign ended before the list was drawn: {added} added', left: '{minors} minors and {blocked} who asked not to be contacted were left out',
      again: 'Add to list', againHint: 'Adds who has come to match since; nobody is taken off', begun: 'Adding to the list.', failed: 'How far the list is cannot be read just now.',
    },
    prog: {
      total: 'Total', contacted: '{done} of {n} contacted', orders: '{n} orders', revenue: '{amount} paid', unverified: '{amount} of it unconfirmed', empty: 'Nobody is on the list yet.', draft: 'List and progress begin with the launch.', more: 'Only the first {n} agents are shown.',
    },
    callState: { open: 'To call', no_reply: 'No reply', thinking: 'Thinking', lost: 'Lost', won: 'Won', blocked: 'Do not contact' },
    call: {
      views: 'Views', mine: 'Mine to call', mineAll: 'All of mine', open: 'All to call', all: 'All', player: 'Player', last: 'Said last time', never: 'Never contacted', state: 'State', touches: 'For this one', times: '{n} contacts', undrawn: 'not drawn', owner: 'Agent', team: 'Team', tier: 'Tier', tierThen: '{tier} when listed',
      noPlayers: 'Who the players are cannot be read just now; the list works all the same.', stale: 'Who the players are is old data.', empty: 'Nobody to call here. Try another state, or see how far the list is.', of: 'Call list of “{name}”', followUp: 'follow up {day}', erased: 'Player {id}',
    },
  },
}

export default en
