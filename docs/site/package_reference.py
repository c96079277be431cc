"""A table of a package's public names under its docstring, in front of the docstring of each."""


def add_table(app, what, name, module, options, lines):
    """The classes and functions in `__all__`; autodoc leaves out constants, which have no docstring."""
    if what == 'module' and hasattr(module, '__all__'):
        public = [member for member in sorted(module.__all__, key=str.lower) if callable(getattr(module, member))]
        lines += ['', '.. autosummary::', '', *(f'   {member}' for member in public), '']


def setup(app):
    app.connect('autodoc-process-docstring', add_table, priority=900)  # after napoleon
    return dict(parallel_read_safe=True)
