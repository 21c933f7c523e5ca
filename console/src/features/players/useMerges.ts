import { api, unwrap } from '../../api/client'
import { once } from '../../api/idempotency'
import { queryClient } from '../../app/query'
import { refetchPlayer } from './usePlayerWrite'

interface Merge { merge_id: string; survivor_id: string; loser_id: string }

/** Two players again; later merges of the survivor are undone first by the server. */
export async function undoMerge({ merge_id, survivor_id, loser_id }: Merge, reason: string): Promise<void> {
  await once(`merge:${merge_id}:undo`, (header) => unwrap(api.POST('/api/merges/{merge_id}/undo', { params: { path: { merge_id }, header }, body: { reason } })))
  refetchPlayer(survivor_id, loser_id)
  void queryClient.invalidateQueries({ queryKey: ['players', survivor_id, 'merges'] })
}
