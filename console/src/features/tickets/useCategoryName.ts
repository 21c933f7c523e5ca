import { useI18n } from 'vue-i18n'

/** A category's name; one that the page has no text for, because leads added it, shows its id. */
export function useCategoryName(): (id: string) => string {
  const { t, te } = useI18n()
  return (id) => (te(`category.${id}`) ? t(`category.${id}`) : id)
}
