import type { components } from '../../api/schema'
import { TIERS, type Agent, type Tier } from '../../api/types'
import { i18n } from '../../app/i18n'
import { money } from '../../shared/format'

type Schemas = components['schemas']
export type Campaign = Schemas['Campaign']
export type CampaignState = Schemas['CampaignState']
export type Segment = Schemas['Segment']
export type CallState = Schemas['CallState']
export type CallFigures = Schemas['CallFigures']
export type CampaignDraw = Schemas['CampaignDraw']
export type Pack = Schemas['Pack']

export const CAMPAIGN_STATES: CampaignState[] = ['draft', 'running', 'ended']
export const CALL_STATES: CallState[] = ['open', 'no_reply', 'thinking', 'lost', 'won', 'blocked']

/** What a lead states of a campaign, as the form holds it. */
export interface Plan {
  name: string
  theme: string
  starts_on: string
  ends_on: string
  game_ids: string[]
  pack_ids: string[]
  segment: Segment
  note: string
}
export const everybody = (): Segment => ({
  tiers: [], game_id: null, server: null, not_contacted_days: null, bought_within_days: null, bought_min_orders: null, spent_min_fen: null, never_bought: false,
})
export const emptyPlan = (): Plan => ({ name: '', theme: '', starts_on: '', ends_on: '', game_ids: [], pack_ids: [], segment: everybody(), note: '' })
export const planOf = ({ name, theme, starts_on, ends_on, game_ids, pack_ids, segment, note }: Campaign): Plan =>
  ({ name, theme, starts_on, ends_on, game_ids: [...game_ids], pack_ids: [...pack_ids], segment: { ...segment, tiers: inOrder(segment.tiers) }, note })
export const inOrder = (tiers: readonly Tier[]): Tier[] => TIERS.filter((tier) => tiers.includes(tier))

/** Leads change the campaigns of their team, admins all. */
export const mayPlan = (agent: Agent | null): boolean => agent !== null && agent.role !== 'agent'
export const mayChange = (agent: Agent | null, campaign: Campaign): boolean =>
  agent?.role === 'admin' || (agent?.role === 'lead' && campaign.team !== null && campaign.team === agent.team)

/** The first thing that a plan still lacks, as the key of its sentence; nothing when it can be saved. */
export function lacking(plan: Plan): '' | 'needsName' | 'needsTheme' | 'needsDays' | 'needsOrder' | 'needsGame' {
  if (!plan.name.trim()) return 'needsName'
  if (!plan.theme.trim()) return 'needsTheme'
  if (!plan.starts_on || !plan.ends_on) return 'needsDays'
  if (plan.ends_on < plan.starts_on) return 'needsOrder'
  return plan.game_ids.length ? '' : 'needsGame'
}

/** A segment in words, a condition each; none when it is everybody. */
export function segmentWords(segment: Segment, gameName: (id: string) => string): string[] {
  const { t } = i18n.global
  const { tiers, game_id, server, not_contacted_days, bought_within_days, bought_min_orders, spent_min_fen, never_bought } = segment
  return [
    ...(tiers.length ? [inOrder(tiers).map((tier) => t(`tier.${tier}`)).join(' / ')] : []),
    ...(game_id ? [gameName(game_id) + (server ? ` · ${server}` : '')] : []),
    ...(not_contacted_days !== null ? [t('campaigns.says.notContacted', { n: not_contacted_days })] : []),
    ...(bought_within_days !== null ? [t('campaigns.says.boughtWithin', { n: bought_within_days })] : []),
    ...(bought_min_orders !== null ? [t('campaigns.says.minOrders', { n: bought_min_orders })] : []),
    ...(spent_min_fen !== null ? [t('campaigns.says.minSpent', { amount: money(spent_min_fen) })] : []),
    ...(never_bought ? [t('campaigns.says.neverBought')] : []),
  ]
}

/** Where a player of the list is called from: his page, with the campaign chosen for the contact while it runs. */
export const callLink = (playerId: string, campaignId: string, state: CampaignState | undefined) =>
  ({ name: 'home', query: { player: playerId, ...(state !== 'ended' && { campaign: campaignId }) } })
