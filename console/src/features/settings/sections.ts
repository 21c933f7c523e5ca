import type { Component } from 'vue'
import type { Role } from '../../api/types'
import AgentsSection from './agents/AgentsSection.vue'
import PasswordSection from './agents/PasswordSection.vue'
import CategoriesSection from './categories/CategoriesSection.vue'
import GamesSection from './games/GamesSection.vue'
import StandInsSection from './people/StandInsSection.vue'
import ContactRulesSection from './rules/ContactRulesSection.vue'
import DiscountRulesSection from './rules/DiscountRulesSection.vue'
import LostReasonsSection from './rules/LostReasonsSection.vue'
import MinorCapsSection from './rules/MinorCapsSection.vue'
import ServiceRulesSection from './rules/ServiceRulesSection.vue'
import TemplatesSection from './templates/TemplatesSection.vue'

export interface Section { id: string; component: Component; roles?: Role[] }
const LEADS: Role[] = ['lead', 'admin']

/** The sections in the order of the list; its name is the message `settings.section.<id>`. Without roles: for all. */
export const SETTINGS: Section[] = [
  { id: 'agents', component: AgentsSection, roles: LEADS },
  { id: 'games', component: GamesSection, roles: LEADS },
  { id: 'service-rules', component: ServiceRulesSection },
  { id: 'categories', component: CategoriesSection, roles: LEADS },
  { id: 'templates', component: TemplatesSection },
  { id: 'lost-reasons', component: LostReasonsSection, roles: LEADS },
  { id: 'discount-rules', component: DiscountRulesSection },
  { id: 'contact-rules', component: ContactRulesSection, roles: LEADS },
  { id: 'minor-caps', component: MinorCapsSection },
  { id: 'stand-ins', component: StandInsSection },
  { id: 'password', component: PasswordSection },
]
export const sectionsFor = (role: Role | undefined) => SETTINGS.filter(({ roles }) => !roles || (role !== undefined && roles.includes(role)))
