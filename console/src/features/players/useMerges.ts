import { api, unwrap } from '../../api/client'
import { idempotent, keyFor, keyUsed } from '../../api/idempotency'
import { queryClient } from '../../app/query'
import { refetchPlayer } from './usePlayerWrite'

interface Merge { merge_id: string; survivor_id: string; loser_id: string }

/** Two players again; later merges of the survivor are undone first by the server. */
export async function undoMerge({ merge_id, survivor_id, loser_id }: Merge, reason: string): Promise<void> {
  const scope = `merge:${merge_id}:undo`
  const body = { reason }
  await unwrap(api.POST('/api/merges/{merge_id}/undo', { params: { path: { merge_id }, header: idempotent(keyFor(scope, body)) }, body }))
  keyUsed(scope)
  refetchPlayer(survivor_id, loser_id)
  void queryClient.invalidateQueries({ queryKey: ['players', survivor_id, 'merges'] })
}
