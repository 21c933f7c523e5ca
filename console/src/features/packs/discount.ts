/** What an agent typed as a discount, in basis points: "20", "12.5%", "8 折", "85折"; null when it is none. */
export function parseDiscount(text: string): number | null {
  const plain = text.normalize('NFKC').replace(/[\s%]/g, '')
  const rest = /^(\d{1,2})(?:\.(\d{1,2}))?折$/.exec(plain)
  if (rest) {
    // 85折 is said for 8.5折.
    const whole = Number(rest[1])
    const tenths = whole > 10 && rest[2] === undefined ? whole * 100 : whole * 1000 + Number((rest[2] ?? '').padEnd(2, '0')) * 10
    return tenths <= 10_000 ? 10_000 - tenths : null
  }
  const percent = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(plain)
  if (!percent) return null
  const bp = Number(percent[1]) * 100 + Number((percent[2] ?? '').padEnd(2, '0'))
  return bp <= 10_000 ? bp : null
}
/** 1250 → 12.5 */
export const percentText = (bp: number) => String(bp / 100)
