import type { Component } from 'vue'
import type { Role } from '../api/types'

/** The entries of the nav, in the order of their keys 1–8. One that has no page yet is not shown. */
export const SECTIONS = ['home', 'tickets', 'sales', 'orders', 'campaigns', 'packs', 'kpi', 'settings'] as const
export type NavSection = (typeof SECTIONS)[number]

export interface Page {
  /** The route's name; its title is the message `page.<name>`. */
  name: string
  path: string
  section: NavSection
  /** Stands among the tabs of its section; the nav leads to the first of them. */
  tab?: boolean
  /** Whom the nav shows it to; without it, everybody. */
  roles?: Role[]
  /** The message files that it needs, beside those of the home page. */
  topics: string[]
  load: () => Promise<{ default: Component }>
}

/** All pages but home and sign-in, one a line (the budget script reads the lines). */
export const PAGES: Page[] = [
  { name: 'tickets', path: '/tickets', section: 'tickets', tab: true, topics: ['tickets'], load: () => import('../pages/Tickets.vue') },
  { name: 'ticket', path: '/tickets/:id', section: 'tickets', topics: ['desk', 'tickets'], load: () => import('../pages/Ticket.vue') },
  { name: 'follow-ups', path: '/sales/follow-ups', section: 'sales', tab: true, topics: ['sales', 'problems'], load: () => import('../pages/FollowUps.vue') },
  { name: 'contacts', path: '/sales/contacts', section: 'sales', tab: true, topics: ['sales'], load: () => import('../pages/Contacts.vue') },
  { name: 'quotes', path: '/sales/quotes', section: 'sales', tab: true, topics: ['sales', 'problems'], load: () => import('../pages/Quotes.vue') },
  { name: 'orders', path: '/orders', section: 'orders', tab: true, topics: ['orders'], load: () => import('../pages/Orders.vue') },
  { name: 'orders-confirm', path: '/orders/confirm', section: 'orders', tab: true, roles: ['lead', 'admin'], topics: ['orders'], load: () => import('../pages/OrdersConfirm.vue') },
  { name: 'refunds', path: '/orders/refunds', section: 'orders', tab: true, topics: ['orders'], load: () => import('../pages/Refunds.vue') },
  { name: 'deliveries', path: '/orders/deliveries', section: 'orders', tab: true, topics: ['orders'], load: () => import('../pages/Deliveries.vue') },
  { name: 'order', path: '/orders/:id', section: 'orders', topics: ['orders', 'sales'], load: () => import('../pages/Order.vue') },
  { name: 'campaigns', path: '/campaigns', section: 'campaigns', tab: true, topics: ['campaigns'], load: () => import('../pages/Campaigns.vue') },
  { name: 'campaign-new', path: '/campaigns/new', section: 'campaigns', topics: ['campaigns'], load: () => import('../pages/CampaignNew.vue') },
  { name: 'campaign', path: '/campaigns/:id', section: 'campaigns', topics: ['campaigns'], load: () => import('../pages/Campaign.vue') },
  { name: 'campaign-calls', path: '/campaigns/:id/calls', section: 'campaigns', topics: ['campaigns'], load: () => import('../pages/CampaignCalls.vue') },
  { name: 'packs', path: '/packs', section: 'packs', tab: true, topics: ['packs'], load: () => import('../pages/Packs.vue') },
  { name: 'items', path: '/items', section: 'packs', tab: true, topics: ['packs', 'items'], load: () => import('../pages/Items.vue') },
  { name: 'price-impacts', path: '/price-impacts', section: 'packs', tab: true, topics: ['packs', 'items'], load: () => import('../pages/PriceImpacts.vue') },
  { name: 'approvals', path: '/approvals', section: 'packs', tab: true, roles: ['lead', 'admin'], topics: ['packs'], load: () => import('../pages/Approvals.vue') },
  { name: 'pack-new', path: '/packs/new', section: 'packs', topics: ['packs'], load: () => import('../pages/PackNew.vue') },
  { name: 'pack', path: '/packs/:code', section: 'packs', topics: ['packs'], load: () => import('../pages/Pack.vue') },
  { name: 'pack-edit', path: '/packs/:code/edit', section: 'packs', topics: ['packs'], load: () => import('../pages/PackEdit.vue') },
  { name: 'item', path: '/items/:id', section: 'packs', topics: ['packs', 'items'], load: () => import('../pages/Item.vue') },
  { name: 'price-impact', path: '/price-impacts/:id', section: 'packs', topics: ['packs', 'items'], load: () => import('../pages/PriceImpact.vue') },
  { name: 'settings', path: '/settings/:section?', section: 'settings', tab: true, topics: ['settings'], load: () => import('../pages/Settings.vue') },
  { name: 'imports', path: '/imports', section: 'settings', tab: true, topics: ['imports'], load: () => import('../pages/Imports.vue') },
  { name: 'dead-letters', path: '/dead-letters', section: 'settings', tab: true, roles: ['lead', 'admin'], topics: ['dead-letters'], load: () => import('../pages/DeadLetters.vue') },
  { name: 'import', path: '/imports/:id', section: 'settings', topics: ['imports'], load: () => import('../pages/Import.vue') },
  { name: 'kpi', path: '/kpi', section: 'kpi', tab: true, topics: ['kpi'], load: () => import('../pages/Kpi.vue') },
  { name: 'kpi-records', path: '/kpi/records', section: 'kpi', topics: ['kpi'], load: () => import('../pages/KpiRecords.vue') },
]

/** Where the nav leads: home, and the first tab of each section that this role may see. */
export function navigation(role: Role): { section: NavSection; name: string; key: string }[] {
  return SECTIONS.flatMap((section, index) => {
    const name = section === 'home' ? 'home' : tabsOf(section, role)[0]?.name
    return name ? [{ section, name, key: String(index + 1) }] : []
  })
}
export const tabsOf = (section: NavSection, role: Role) =>
  PAGES.filter((page) => page.section === section && page.tab && (!page.roles || page.roles.includes(role)))
