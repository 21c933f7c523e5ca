import { onAxis, shown, type Figure, type Group } from './figures'

export const MOST_BARS = 15
export interface Bar { name: string; group: Group }
interface Look { text: string; muted: string; border: string; surface: string; first: string; second: string; font: string }
const TOKENS: Record<keyof Look, string> = {
  text: '--gd-text', muted: '--gd-muted', border: '--gd-border', surface: '--gd-surface', first: '--gd-accent', second: '--gd-tier-medium', font: '--el-font-family',
}
/** The colours of the present theme: a canvas knows no custom properties. */
export function look(): Look {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(Object.entries(TOKENS).map(([name, token]) => [name, style.getPropertyValue(token).trim()])) as unknown as Look
}

/** The groups that a chart draws: all days in order, else the largest of the first figure. */
export function barsOf(groups: Group[], figures: Figure[], grouping: string, nameOf: (group: Group) => string): Bar[] {
  const [first] = figures
  const known = groups.filter((group) => figures.some((figure) => figure.of(group) !== null))
  const sorted = grouping === 'day' ? known : known.sort((a, b) => (first!.of(b) ?? -1) - (first!.of(a) ?? -1)).slice(0, MOST_BARS)
  return sorted.map((group) => ({ name: nameOf(group), group }))
}

/**
 * What echarts draws: lines over days, else bars beside their names. The tooltip is drawn too, for one of HTML would
 * need inline styles, which the page's policy forbids.
 */
export function chartOption(bars: Bar[], figures: Figure[], grouping: string, label: (figure: Figure) => string, colours: Look, still: boolean) {
  const byDay = grouping === 'day'
  const kind = figures[0]!.kind
  const text = { color: colours.muted, fontFamily: colours.font, fontSize: 12 }
  const names = {
    type: 'category' as const, data: bars.map(({ name }) => name), inverse: !byDay, axisTick: { show: false }, axisLine: { lineStyle: { color: colours.border } },
    axisLabel: { ...text, ...(!byDay && { width: 120, overflow: 'truncate' as const }), hideOverlap: byDay },
  }
  const values = {
    type: 'value' as const, axisLabel: { ...text, hideOverlap: true }, splitNumber: 4, splitLine: { lineStyle: { color: colours.border } }, ...(kind === 'count' && { minInterval: 1 }),
  }
  return {
    animation: !still,
    textStyle: text,
    grid: { top: 8, right: 24, bottom: 8, left: 8, outerBoundsMode: 'same' as const, outerBoundsContain: 'axisLabel' as const },
    xAxis: byDay ? names : values,
    yAxis: byDay ? values : names,
    tooltip: {
      trigger: 'axis' as const, renderMode: 'richText' as const, confine: true, axisPointer: { type: byDay ? ('line' as const) : ('shadow' as const) },
      backgroundColor: colours.surface, borderColor: colours.border, textStyle: { ...text, color: colours.text },
      formatter: (points: unknown) => {
        const at = (points as { dataIndex: number }[])[0]?.dataIndex ?? 0
        const bar = bars[at]
        return bar ? [bar.name, ...figures.map((figure) => `${label(figure)}  ${shown(figure.kind, figure.of(bar.group))}`)].join('\n') : ''
      },
    },
    series: figures.map((figure, at) => ({
      type: byDay ? ('line' as const) : ('bar' as const), name: label(figure), barMaxWidth: 18, symbolSize: 8, symbol: at === 0 ? 'circle' : 'rect', cursor: 'pointer',
      itemStyle: { color: at === 0 ? colours.first : colours.second }, lineStyle: { color: at === 0 ? colours.first : colours.second, type: at === 0 ? ('solid' as const) : ('dashed' as const) },
      data: bars.map(({ group }) => { const value = figure.of(group); return value === null ? null : onAxis(figure.kind, value) }),
    })),
  }
}
