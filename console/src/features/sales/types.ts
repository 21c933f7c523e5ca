import type { components } from '../../api/schema'
import type { Named } from '../lookups/useLookups'

type Schemas = components['schemas']
/** A row of a list with the card of its player. */
export type WithPlayer<Row> = Row & Named
export type FollowUp = Schemas['FollowUp']
export type Proposal = Schemas['RecoveryProposal']
export type ProposalState = Proposal['state']
export type Quote = Schemas['Quote']
export type QuoteState = Schemas['QuoteState']
export type Refund = Schemas['Refund']
export type ListedDelivery = Schemas['ListedDelivery']
export type DeliveryState = Schemas['Delivery']['state']

export const PROPOSAL_STATES: ProposalState[] = ['open', 'taken', 'dismissed', 'done', 'withdrawn', 'lapsed']
export const QUOTE_STATES: QuoteState[] = ['open', 'sold', 'withdrawn', 'expired']
export const ORDER_STATES = ['paid', 'delivered', 'cancelled', 'partly_refunded', 'refunded'] as const
export const DELIVERY_STATES = ['waiting', 'queued', 'delivered', 'failed', 'stopped', 'not_possible'] as const
