"""Result tables out of finished runs."""
from .table import TableRow, read_table, row_folder, write_table

__all__ = ['TableRow', 'read_table', 'row_folder', 'write_table']
