"""Tables of results, made from finished runs."""
from .kept_config import changed_settings, check_config, keep_config
from .table import TableRow, read_table, row_folder, write_table

__all__ = ['TableRow', 'changed_settings', 'check_config', 'keep_config', 'read_table', 'row_folder', 'write_table']
