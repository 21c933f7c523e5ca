import type { Texts } from './texts'
import type zhCN from './first-run.zh-CN'

const en: Texts<typeof zhCN> = {
  firstRun: {
    title: 'Getting started', hint: 'After these steps the agents can begin. What is done ticks itself.', progress: '{done} of {n} done', away: 'Put away', allDone: 'Everything is ready.', finish: 'Close',
    comma: ', ', ok: 'Done', todo: 'To do', unknown: 'Cannot be read just now',
    step: {
      games: 'The games answer', agents: 'Create agents with their WeChat', prices: 'Pull the price lists from the games', pack: 'Build the first pack and submit it', player: 'Enter the first player',
    },
    how: {
      games: 'Games are configured by operations.', noGames: 'No game is configured. Ask operations.', silent: 'No answer from {games}.', asked: 'They are asked with the first price list or player.', agents: 'So far you are alone.', prices: 'Items and prices come from the game and can be tuned later.', pack: 'Choose items and a discount; the price works itself out.', player: '“New” on the left, or import a spreadsheet.',
    },
  },
}

export default en
