"""A table of a package's public names under its docstring, in front of the docstring of each."""
import inspect


def add_table(app, what, name, module, options, lines):
    """The classes and functions in `__all__`, each with the first paragraph of its docstring."""
    if what == 'module' and hasattr(module, '__all__'):
        lines += ['', '.. list-table::', '']
        for member in sorted(module.__all__, key=str.lower):
            value = getattr(module, member)
            if callable(value):  # autodoc leaves out constants, which have no docstring
                summary = inspect.getdoc(value).partition('\n\n')[0].replace('\n', ' ')
                lines += [f'   * - :py:obj:`{member} <{name}.{member}>`', f'     - {summary}']


def leave_out_fields(app, what, name, member, skip, options):
    """A named tuple's own docstring describes its fields; they themselves say 'Alias for field number 0'."""
    return skip or (inspect.getdoc(member) or '').startswith('Alias for field number')


def setup(app):
    app.connect('autodoc-process-docstring', add_table, priority=900)  # after napoleon
    app.connect('autodoc-skip-member', leave_out_fields)
    return dict(parallel_read_safe=True)
