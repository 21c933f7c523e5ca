import { useI18n } from 'vue-i18n'

const KNOWN: Record<string, string> = { timeout: 'timeout', connection: 'connection', body: 'body', 'before deliveries': 'before' }

/** Why the game has not delivered, in words; what is not known is shown as it came. */
export function useReasonText() {
  const { t } = useI18n()
  return (reason: string | null): string => {
    if (reason === null) return ''
    const [, what, code] = /^(status|lookup) (\d+)$/.exec(reason) ?? []
    if (what && code) return t(`orders.gameSays.${what}`, { code })
    return KNOWN[reason] ? t(`orders.gameSays.${KNOWN[reason]}`) : reason
  }
}
