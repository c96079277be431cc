"""Names whose modules are imported when somebody asks for them.

To import the frameworks takes seconds. A command answers ``--help``, and a process builds a label graph, without
them; a model of images does not wait for the video framework.
"""
import importlib.abc
import importlib.util
import sys
import threading
from importlib import import_module
from typing import Callable, Dict, List, Tuple


def places(package: str, **modules: List[str]) -> Dict[str, str]:
    """Name -> full name of the module that defines it; ``modules`` has the names of each module of the package."""
    return {name: f'{package}.{module}' for module, names in modules.items() for name in names}


def lazy_names(package: str, where: Dict[str, str]) -> Tuple[Callable, Callable]:
    """``__getattr__`` and ``__dir__`` of a package (PEP 562) for the names in ``where``, of :func:`places`."""

    def __getattr__(name: str):
        if name not in where:
            raise AttributeError(f'module {package!r} has no attribute {name!r}')
        return getattr(import_module(where[name]), name)

    def __dir__():  # what a console completes
        return sorted({*vars(sys.modules[package]), *where})

    return __getattr__, __dir__


class LazyModules(dict):
    """What a registry holds, and names whose modules register themselves once they are asked for.

    Args:
        known: What is registered already.
        where: Name -> module to import, of :func:`places`.
    """

    def __init__(self, known: dict, where: Dict[str, str]) -> None:
        super().__init__(known)
        self.where, self._here = dict(where), threading.local()

    def _bring(self, name: str) -> None:
        importing = vars(self._here).setdefault('names', set())
        if name in self.where and name not in importing:  # the module asks for its own name when it registers it
            importing.add(name)
            try:
                import_module(self.where[name])
            finally:
                importing.discard(name)

    def __contains__(self, name: str) -> bool:
        if not super().__contains__(name):
            self._bring(name)
        return super().__contains__(name)

    def __missing__(self, name: str):
        if name in self:
            return self[name]
        raise KeyError(name)

    def get(self, name: str, default=None):
        """As of a dict."""
        return self[name] if name in self else default


class _AfterImport(importlib.abc.MetaPathFinder):

    def __init__(self, name: str, call: Callable[[], None]) -> None:
        self.name, self.call = name, call
        self._here = threading.local()

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name or getattr(self._here, 'looking', False):
            return None
        self._here.looking = True  # what follows comes here again
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._here.looking = False
        if spec is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                if self in sys.meta_path:  # it stays while the module is only looked for, or fails
                    sys.meta_path.remove(self)
                    self.call()

            spec.loader.exec_module = exec_module
        return spec


def after_import(name: str, call: Callable[[], None]) -> None:
    """Call a function as soon as a module is imported, which may be now. The module itself is not imported."""
    if name in sys.modules:
        call()
    else:
        sys.meta_path.insert(0, _AfterImport(name, call))
