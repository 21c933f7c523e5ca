import { i18n } from '../../app/i18n'
import { refresh } from '../../app/invalidate'
import type { Player, Section } from '../../api/types'
import { api, ifMatch, unwrap } from '../../api/client'
import type { PlayerEdit } from '../../api/types'
import { keys, patch, queryClient } from '../../app/query'
import { refreshCards } from './usePlayerList'

/** What a player is now, wherever the page shows him. */
export function putPlayer(player: Player, me: string | null): void {
  patch<Section<Player>>(keys.section(player.player_id, 'player'), (section) =>
    section.data ? { ...section, data: { ...section.data, ...player } } : section)
  void refreshCards([player.player_id], me).catch(() => undefined)
}
export const editPlayer = (player: Pick<Player, 'player_id' | 'version'>, body: PlayerEdit) =>
  unwrap(api.PATCH('/api/players/{player_id}', { params: { path: { player_id: player.player_id }, header: ifMatch(player.version) }, body }))
export const tierName = (tier: string): string => i18n.global.t(`tier.${tier}`)
/** Everything of a player anew: sections, timeline, reminders. */
export function refetchPlayer(...ids: string[]): void {
  for (const id of ids) void queryClient.invalidateQueries({ queryKey: keys.player(id) })
  void refresh(keys.lists)
  void queryClient.invalidateQueries({ queryKey: keys.attention })
}
