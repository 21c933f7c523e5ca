import type { Order } from '../../api/types'
import type { Tone } from '../../shared/StatusTag.vue'

/** The colour of an order's state, the same wherever it is shown. */
export const ORDER_TONES: Record<Order['state'], Tone> = { quoted: 'plain', paid: 'info', delivered: 'good', cancelled: 'plain', partly_refunded: 'warn', refunded: 'warn' }
