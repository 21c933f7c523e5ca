import type zhCN from './desk.zh-CN'
import type { Texts } from './texts'

const en: Texts<typeof zhCN> = {
  desk: {
    purposeLabel: 'What it shows', purpose: { problem: 'Problem', reply: 'Reply', solution: 'Solution' }, remove: 'Delete', removeAsk: 'It cannot be restored.', uploading: 'Uploading {name}',
    dropHint: 'Paste or drop here, up to 10 MB each', template: 'Reply template', chooseTemplate: 'Reply with a template…', noTemplates: 'No reply templates yet', templatesUnavailable: 'Templates cannot be read',
    templateFailed: 'The template could not be filled in; try again.', missing: 'Nothing is known for: {names}. Fill it in by hand.', comma: ', ', form: 'Form', owner: 'the player’s agent', transferTo: 'Hand over to', transferNote: 'A note for the agent (required)',
    transferStale: 'A colleague just changed the ticket; it was not handed over. Try again.', transferRefused: 'The ticket could not be handed over.', transferred: '{number} is handed over to {agent}.',
    placeholder: {
      player_name: 'WeChat name', ticket_number: 'ticket number', ticket_title: 'ticket title', agent_name: 'agent’s name', agent_wechat_name: 'agent’s WeChat name', game: 'game', server: 'server', nickname: 'nickname',
    },
  },
  problem: {
    'picture-type': 'Only PNG, JPEG, WebP and GIF pictures.', 'picture-too-large': 'The picture is larger than 10 MB.', 'too-many-attachments': 'A ticket takes 50 pictures at most.',
    'unknown-assignee': 'There is no such agent, or no longer.', 'not-attachable': 'This ticket cannot belong to an incident.', 'not-an-incident': 'No tickets belong to this one.',
  },
}

export default en
