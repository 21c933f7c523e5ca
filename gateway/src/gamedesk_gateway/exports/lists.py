"""Which lists can be exported; each with its columns in a file of its part of the desk."""

from __future__ import annotations

from collections.abc import Mapping

from gamedesk_gateway.exports import catalog_lists, desk_lists, kpi_lists, sales_lists
from gamedesk_gateway.exports.columns import ExportedList

LISTS: Mapping[str, ExportedList] = {
    **desk_lists.LISTS,
    **sales_lists.LISTS,
    **catalog_lists.LISTS,
    **kpi_lists.LISTS,
}
