import { useI18n } from 'vue-i18n'
import { useTicketCategories } from '../lookups/useLookups'

/** A category's name as leads gave it; until that is known, what the page calls those that every desk starts with. */
export function useCategoryName(): (id: string) => string {
  const { t, te } = useI18n()
  const { name } = useTicketCategories()
  return (id) => (name(id) === id && te(`category.${id}`) ? t(`category.${id}`) : name(id))
}
