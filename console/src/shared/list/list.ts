import type { Problem } from '../../api/problem'

/** A column of a DataList; its cells come from the slot `cell-<id>`. */
export interface Column {
  id: string
  /** The header's text; hidden from sight with `bare`, for a column that explains itself. */
  title: string
  bare?: boolean
  /** A CSS width; without one the column takes what is left. */
  width?: string
  align?: 'end'
  mono?: boolean
  /** The values of `order` that sort by this column, as the server names them. */
  sort?: { asc?: string; desc?: string }
}

/** A filter as FilterBar shows it; `off` says why a text has no effect now, and holds it. */
export type FilterField<Name extends string = string> = { name: Name; label: string; more?: boolean; off?: string } & (
  | { kind: 'text'; placeholder?: string; longest?: number; search?: boolean }
  | { kind: 'select'; options: Option[]; any?: string }
  | { kind: 'toggles'; options: Option[] }
  | { kind: 'date' }
  | { kind: 'flag' }
)
export interface Option { value: string; text: string }

export interface Page<Row> { items: Row[]; next_cursor?: string | null; refine?: boolean }

/** What a DataList shows, as `useListQuery` makes it. */
export interface ListState<Row> {
  rows: Row[]
  status: 'loading' | 'ok' | 'stale' | 'error'
  problem: Problem | null
  /** Rows of other filters are shown until these are there. */
  changing: boolean
  refreshing: boolean
  hasMore: boolean
  loadingMore: boolean
  moreFailed: boolean
  /** A search that finds more than it shows. */
  refine: boolean
  /** Something of a long list has changed since it was fetched. */
  outdated: boolean
  more: () => void
  refresh: () => void
  /** Fetches on until this many rows are there, as they were before the page was left. */
  upTo: (rows: number) => Promise<void>
}
