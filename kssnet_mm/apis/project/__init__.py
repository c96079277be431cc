"""New projects on somebody's own data."""
from .new_project import NewProject, new_project
from .project_config import backbones_for

__all__ = ['NewProject', 'backbones_for', 'new_project']
