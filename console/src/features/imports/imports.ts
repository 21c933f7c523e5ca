import type { components } from '../../api/schema'
import type { Tone } from '../../shared/StatusTag.vue'
import type { PlayerImport } from './upload'

export type ImportRow = components['schemas']['PlayerImportRow']
export type ImportResult = components['schemas']['ImportResult']
export const RESULTS: ImportResult[] = ['good', 'bad', 'duplicate', 'created', 'failed']
export const RESULT_TONES: Record<ImportResult, Tone> = { good: 'info', bad: 'danger', duplicate: 'warn', created: 'good', failed: 'danger' }
export const STATE_TONES: Record<PlayerImport['state'], Tone> = { checking: 'info', checked: 'warn', running: 'info', done: 'good', failed: 'danger' }
export const goesOn = ({ state }: PlayerImport) => state === 'checking' || state === 'running'
/** How many rows have this result now. */
export const countOf = (one: PlayerImport, result: ImportResult): number =>
  ({ good: one.good, bad: one.bad, duplicate: one.duplicates, created: one.created, failed: one.failed })[result]
