import { money, discount as discountText, when } from '../../shared/format'
import { contentsText, type PackRevision } from './usePacks'

export interface Difference { field: string; from: string; to: string }

/** What a revision made different from the one before it, as texts; `name` says how ids are called. */
export function differences(now: PackRevision, before: PackRevision, name: { campaign: (id: string | null) => string; everybody: string; thisPlayer: string }): Difference[] {
  const texts = (of: PackRevision): Record<string, string> => ({
    name: of.name, description: of.description, discount: discountText(of.discount_bp), contents: contentsText(of.contents), price: money(of.price_fen),
    campaign: name.campaign(of.campaign_id), forWhom: of.player_id ? `${name.thisPlayer} ${of.player_id.slice(-6)}` : name.everybody,
    from: of.valid_from ? when(of.valid_from) : '', until: of.valid_until ? when(of.valid_until) : '',
  })
  const [mine, theirs] = [texts(now), texts(before)]
  return Object.keys(mine).filter((field) => mine[field] !== theirs[field]).map((field) => ({ field, from: theirs[field]!, to: mine[field]! }))
}
