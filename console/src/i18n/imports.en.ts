import type { Texts } from './texts'
import type zhCN from './imports.zh-CN'

const en: Texts<typeof zhCN> = {
  imports: {
    upload: 'Upload a spreadsheet', choose: 'Choose a spreadsheet', drop: 'or drop it here (xlsx or csv)', template: 'Download the template', hint: 'Every row is checked first; nothing is created before you say so. The phone is required; at most 50,000 rows and 20 MiB.',
    sending: 'Upload', sent: 'Uploading {name}: {percent}%', empty: 'Nothing was imported yet. Choose a spreadsheet, or begin with the template.', fileName: 'File', stateOf: 'State', rows: 'Rows', checkedAs: 'Found', by: 'By', at: 'When', purged: '(content removed)',
    counts: '{good} good · {bad} with problems · {duplicates} duplicates', state: { checking: 'Checking', checked: 'To confirm', running: 'Creating', done: 'Done', failed: 'Failed' }, progress: { checking: 'Checked', running: 'Done' },
    result: { good: 'Good', bad: 'Problems', duplicate: 'Duplicate', created: 'Created', failed: 'Failed' }, resultOf: 'Result', file: { type: 'Choose an xlsx or csv file.', old: 'This is an old Excel file; save it as xlsx.', large: 'The file is over 20 MiB; split it.', empty: 'This file is empty.' },
    back: 'Past imports', missing: 'There is no such import, or it is not yours to see.', overview: 'Import', ignored: 'Columns not imported: {columns}', again: 'Mend it and upload again', noGood: 'No row can be created. Mend the file and upload it again.', runAll: 'Create all {n}', runGood: 'Create the {n} good ones',
    runAsk: '{n} players will be created; this cannot be undone. Go on?', orMend: 'Or mend the file and upload it again.', running: 'Creating players; you need not wait.', row: 'Row', nth: 'Row {n}', wechat: 'WeChat', why: 'What to know', rowsOf: 'Row by row', openNew: 'Open the player', openExisting: 'Open the existing player',
    ownedBy: 'Already a player of {agent}', sameAs: 'Same as row {n}', says: '{column}: {fault}', and: '; ', noRows: 'No rows, or they were removed after 7 days.',
    column: { phone: 'Phone', wechat_id: 'WeChat ID', wechat_name: 'WeChat name', owner_agent_id: 'Agent', tier: 'Tier', minor_band: 'Age band', tags: 'Tags', note: 'Note' },
    oneOf: { tier: 'only none, small, medium, big or whale', minor_band: 'only none, under_8, 8_15 or 16_17' },
    fault: {
      required: 'required', 'phone-not-valid': 'not a valid phone number', 'phone-rounded': 'Excel has rounded it; make the column text and type it anew', calculation: 'the formula has no result', enum: 'not one of the values', pattern: 'not in the right form', maxLength: 'too long or too many', 'unknown-owner': 'no such active agent',
      'not-readable': 'The file cannot be read; open it in Excel and save it again.', 'old-format': 'This is an old or encrypted Excel file; save it as xlsx.', 'too-large-unpacked': 'Too large; split the file.', 'too-much-to-read': 'Too much to read in time; split the file.',
      'too-many-rows': 'Too many rows; split the file.', 'too-many-columns': 'Too many columns; delete those not needed.', 'header-twice': 'Two columns have the same header; change one.', 'header-missing': 'There is no header; see the template.', encoding: 'The encoding is not known; save it as xlsx in Excel.', 'line-too-long': 'A line is too long; check its quotes.', erasure: 'A player was erased meanwhile; take him out and upload again.',
    },
  },
}

export default en
