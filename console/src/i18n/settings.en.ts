import type { Texts } from './texts'
import type zhCN from './settings.zh-CN'

const en: Texts<typeof zhCN> = {
  settings: {
    sections: 'Settings', notYours: 'Leads and admins look after this.', unknown: 'There is no such setting.', saved: 'Saved.', changed: 'Last changed', preset: 'Preset', on: 'In use', off: 'Off',
    switchOn: 'Use', switchOff: 'Switch off', switchedOn: '“{name}” is in use.', switchedOff: '“{name}” is switched off.', delete: 'Delete', remove: 'Remove', choose: 'Choose', was: 'was', isNow: 'now', yuan: '(¥)',
    section: {
      agents: 'Agents', games: 'Games', 'service-rules': 'Service rules', categories: 'Ticket categories', templates: 'Reply templates', 'lost-reasons': 'Lost reasons',
      'discount-rules': 'Discount rules', 'contact-rules': 'Contact rules', 'minor-caps': 'Caps for minors', 'stand-ins': 'Stand-ins', password: 'Change password',
    },
    agents: {
      name: 'Name', role: 'Role', team: 'Team', wechat: 'WeChat', state: 'State', work: { active: 'Active', inactive: 'Inactive', all: 'All' }, search: 'Search', searchHint: 'Name, agent ID, WeChat',
      add: 'New agent', added: '{name} was added.', adminOnly: 'Admins add and change agents; leads hand over players of their own team.', empty: 'No agent matches.', idHint: 'Stays for good, such as a staff number',
      wechatHint: 'A WeChat ID belongs to one active agent', rebindHint: 'With a new ID, the one before ends now', roleHint: 'With another role he signs in again', bindings: 'WeChat IDs over time', from: 'From', until: 'Until', now: 'In use',
      noBindings: 'No WeChat so far.', deactivate: 'Deactivate', deactivateAsk: 'He is signed out at once and loses his WeChat. Deactivate?', activate: 'Activate again', deactivated: '{name} is inactive; hand over his players.', activated: '{name} is active; give him a WeChat again.',
    },
    password: {
      first: 'First password', reset: 'Set a password', current: 'Current password', next: 'New password', again: 'New password again', hint: 'At least 10 characters', differs: 'The two differ', done: 'The password is set.', ownDone: 'Password changed; sign in with the new one.',
      ends: 'He is then signed out everywhere.', ownEnds: 'You are then signed out everywhere, here too.',
    },
    handoff: {
      title: 'Players handed over', start: 'Hand over all players', save: 'Hand over', what: 'All players of {name} go to another agent. Tickets without an assignee follow; credit for past deals stays.', from: 'From', to: 'To', reason: 'Reason',
      reasonHint: 'Kept for good; name no player', started: 'Handing over the players of {name}.', progress: 'Progress', by: 'By', at: 'When', moved: '{n} players', inactive: 'the new agent was deactivated',
      state: { running: 'Running', done: 'Done', stopped: 'Stopped' }, ended: { done: 'Handed over {n} players.', stopped: 'Stopped after {n} players.' },
    },
    games: {
      name: 'Game', circuit: 'Connection', due: 'Waiting', lastAnswer: 'Last answer', lastFailure: 'Last failure', readOnly: 'Operations configure the games; they are only shown here.', empty: 'No game is configured. Ask operations.', items: 'Items and price pulls',
      circuits: { closed: 'Working', probing: 'Trying again', open: 'Paused' }, again: 'tries again at', many: '{n} or more', reason: { timeout: 'too slow', connection: 'no connection', status: 'error', body: 'not understood' },
      resync: 'Sync again', resyncAll: 'Sync all again', resyncOf: 'Sync again: {name}', started: 'Syncing, behind players whom somebody waits for.', showRunning: 'Show the one that runs', resyncs: 'Syncs',
      state: { planning: 'Preparing', running: 'Running', done: 'Done' }, total: '{n} questions',
    },
    reasons: { name: 'Reason', note: 'Note', needsNote: 'Needs a note', add: 'Add a reason', hint: 'What agents choose from when nothing was sold. One that is off cannot be chosen; older records stay.', renameHint: 'Older records show the new name too', empty: 'No reason yet. Add the first below.' },
    caps: { order: 'Per order', month: 'Per month', hint: 'Orders above are refused; refunds are deducted. Counts for orders from now on.', adminOnly: 'Admins set this.' },
    contact: {
      frequency: 'How often', atMost: 'At most {n} contacts with a player in {days} days', max: 'Most contacts', days: 'Days (with today)', hint: 'More can be recorded, with a warning.', warning: 'Ticket categories that warn before a pitch', noWarning: 'None',
      tiers: 'Suggested tiers', suggested: 'Tier', in90: 'Spent in 90 days', in365: 'Spent in 365 days', tierHint: 'Either amount suggests the tier; agents decide.', rising: 'A higher tier cannot ask for less.',
    },
    service: {
      revision: 'Revision {n}', counts: 'A change counts for tickets asked (or reopened) afterwards; others keep their rules.', saved: 'Saved. Tickets asked from now on follow the new rules.',
      part: { weekly: 'Working hours', special_days: 'Holidays and make-up days', targets: 'Targets', zone: 'Time zone' },
      day: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
      free: 'Off', holiday: 'Holiday', makeUp: 'Make-up day', noSpecial: 'None', hours: '{n} h', minutes: '{n} min', first: 'First response', resolution: 'Resolution', working: 'In working time; waiting for the player pauses the resolution clock.',
      firstMinutes: 'First response (minutes)', resolutionMinutes: 'Resolution (minutes)', tooSoon: 'Not shorter than the first response', shiftsOf: 'Shifts of {day}', begin: 'shift {n} begins', end: 'shift {n} ends', midnight: 'midnight',
      addShift: 'Shift', removeShift: 'Remove shift {n} of {day}', removeDay: 'Remove {day}', copyMonday: 'Tue to Fri like Mon', date: 'Date', dayName: 'Name', twice: 'This day is there already', wrong: 'Check the shifts of this day',
      fault: { order: 'The end comes after the beginning; past midnight goes on the next day', overlap: 'Shifts overlap' }, zoneHint: 'Such as Asia/Shanghai, or from the list', zones: { 'Asia/Shanghai': 'China', 'Asia/Hong_Kong': 'Hong Kong', 'Asia/Taipei': 'Taipei', 'Asia/Singapore': 'Singapore', 'Asia/Tokyo': 'Tokyo', UTC: 'UTC' }, willChange: 'Will change: {parts}. Only for tickets asked afterwards.', revisions: 'Changes', firstOne: 'the first rules',
    },
    categories: {
      name: 'Category', id: 'ID', idHint: 'Small letters, digits, underscores; stays for good', nameZh: 'Chinese name', nameEn: 'English name', priority: 'Default priority', form: 'Form', fields: '{n} fields', add: 'New category', active: 'In use (one that is off takes no new tickets)',
      hint: 'What tickets are about, and what is asked of each kind.', empty: 'No category yet. Add the first.', formHint: 'What a new ticket of this kind asks for, in this order.', addField: 'Add a field', labelZh: 'Label (Chinese)', labelEn: 'Label (English)', kind: 'Kind', key: 'Key',
      options: 'Options (one a line)', required: 'Required', nth: 'field {n}', up: 'Move {name} up', down: 'Move {name} down', removeField: 'Remove {name}', effect: 'Counts for new tickets and later edits; what was filled in stays.',
      kinds: { text: 'Text', number: 'Number', date: 'Date', choice: 'Choice', yes_no: 'Yes or no' }, fault: { key: 'A key begins with a small letter', twice: 'This key is there twice', label: 'Give both labels', options: 'Give at least one option' },
    },
    templates: {
      title: 'Title', text: 'Text', category: 'For', anyCategory: 'Anything', position: 'Position', positionHint: 'Small numbers come first', add: 'New template', whose: 'Who may use it', shared: 'Shared', personal: 'Mine', ownOnly: 'Only you see and use it.',
      hint: 'Copied in one key when you reply, with its placeholders filled in.', leadOnly: 'Leads write the shared ones.', empty: 'No template yet. Write the first.', insert: 'Insert', preview: 'Preview (example player)', stray: 'The brace at character {n} is no placeholder; remove it or use a button',
      deleted: 'Template “{title}” was deleted.', deleteAsk: 'It cannot be restored. Delete?',
      placeholder: { player_name: 'Player', ticket_number: 'Ticket number', ticket_title: 'Ticket title', agent_name: 'Agent', agent_wechat_name: 'Agent’s WeChat', game: 'Game', server: 'Server', nickname: 'Nickname' },
      sample: { player: 'Long', title: 'Payment missing', game: 'Journey', server: 'Server 1', nickname: 'Wukong' },
    },
    discount: {
      for: 'For', where: 'Where', max: 'Largest discount', maxPercent: 'Most off (%)', lowest: 'Lowest price', round: 'Rounding', days: 'Days', rounding: { fen: 'To the fen', yuan: 'To the yuan' }, everywhere: 'Everywhere', always: 'Always',
      inForce: 'In force', notInForce: 'Not in force', add: 'New rule', hint: 'The most specific rule holds: campaign and game, campaign, game, everywhere. Beyond it another person approves.', leadOnly: 'Leads set what agents may, no further than they may themselves.', readOnly: 'Leads and admins set these.',
      empty: 'No rule yet: every pack needs approval.', effect: 'Packs that break the rule afterwards go to review.', saved: 'Saved. Packs are judged by the new rule.', deleted: 'The rule was deleted.', deleteAsk: 'What is more general holds then. Delete?',
      allGames: 'All games', noCampaign: 'Any campaign', starts: 'From (optional)', ends: 'Until (optional)', history: 'Changes', noHistory: 'Nothing was changed so far.', kind: { made: 'made', changed: 'changed', deleted: 'deleted' },
      upTo: 'up to {value}', noLess: 'not below {price}',
    },
    standIns: {
      owner: 'In place of', who: 'Stand-in', on: 'In force on', days: 'Days', from: 'First day', until: 'Last day', add: 'New stand-in', end: 'End now', endAsk: 'End from now on?', ended: 'It has ended.', ownTeam: 'Of your own team',
      state: { now: 'In force', later: 'To come', over: 'Over' }, hint: 'A stand-in sells to the other’s players in these days, and is credited.', empty: 'Nobody stands in. Add the first.', emptyAgent: 'Nobody stands in. Leads arrange it.', backwards: 'Not before the first day',
    },
  },
}

export default en
