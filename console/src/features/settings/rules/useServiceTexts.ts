import { useI18n } from 'vue-i18n'
import { day } from '../../../shared/format'
import { BY_URGENCY, shiftsText, WEEKDAYS, type Part, type RulesDraft } from './serviceRules'

/** Each part of the rules of service in words, to show and to compare. */
export function useServiceTexts() {
  const { t } = useI18n()
  const minutes = (n: number) => (n % 60 === 0 ? t('settings.service.hours', { n: n / 60 }) : t('settings.service.minutes', { n }))
  const hours = (n: number) => `= ${t('settings.service.hours', { n: Math.trunc(n / 60) })}${n % 60 ? ` ${t('settings.service.minutes', { n: n % 60 })}` : ''}`
  const special = ({ date, name, shifts }: RulesDraft['special_days'][number]) =>
    `${date} ${day(date)} ${name}: ${shifts.length ? `${t('settings.service.makeUp')} ${shiftsText(shifts)}` : t('settings.service.holiday')}`
  const lines: { [P in Part]: (value: RulesDraft[P]) => string[] } = {
    zone: (zone) => [zone],
    weekly: (weekly) => WEEKDAYS.map((name) => `${t(`settings.service.day.${name}`)} ${shiftsText(weekly[name]) || t('settings.service.free')}`),
    special_days: (days) => (days.length ? days.map(special) : [t('settings.service.noSpecial')]),
    targets: (targets) => BY_URGENCY.map((name) => `${t(`priority.${name}`)} ${minutes(targets[name].first_response_minutes)} / ${minutes(targets[name].resolution_minutes)}`),
  }
  const linesOf = <P extends Part>(part: P, rules: RulesDraft) => lines[part](rules[part])
  return { minutes, hours, linesOf, textOf: <P extends Part>(part: P, value: RulesDraft[P]) => lines[part](value).join('\n') }
}
