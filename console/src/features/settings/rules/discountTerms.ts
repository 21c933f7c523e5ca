import type { DiscountRule } from '../types'

export interface TermsDraft { max_discount_bp: number | null; lowest_price_fen: number | null; rounding: DiscountRule['rounding']; starts_on: string; ends_on: string }

export const isWhole = (draft: TermsDraft) =>
  draft.max_discount_bp !== null && draft.max_discount_bp >= 0 && draft.max_discount_bp <= 10_000 && draft.lowest_price_fen !== null
/** As the API takes it; without a day it holds always. */
export const termsBody = (draft: TermsDraft) => ({
  max_discount_bp: draft.max_discount_bp ?? 0, lowest_price_fen: draft.lowest_price_fen ?? 0, rounding: draft.rounding, starts_on: draft.starts_on || null, ends_on: draft.ends_on || null,
})
export const termsDraft = (rule: Pick<DiscountRule, keyof TermsDraft>): TermsDraft => ({
  max_discount_bp: rule.max_discount_bp, lowest_price_fen: rule.lowest_price_fen, rounding: rule.rounding, starts_on: rule.starts_on ?? '', ends_on: rule.ends_on ?? '',
})
