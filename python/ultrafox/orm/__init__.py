"""From the Django ORM to the reply, the plain way: the columns that the schema names, read by Django itself."""

from __future__ import annotations

from ultrafox.orm.columns import RecordType
from ultrafox.orm.rows import first, plain_rows, rows

__all__ = ["RecordType", "first", "plain_rows", "rows"]
