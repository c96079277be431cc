"""Tables of results, made from finished runs."""
from .table import TableRow, keep_config, read_table, row_folder, write_table

__all__ = ['TableRow', 'keep_config', 'read_table', 'row_folder', 'write_table']
