"""Finding a project by its name or ID."""

from __future__ import annotations

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.model.project import ProjectId


def project_id_of(cloud: Cloud, name_or_id: str, domain: str | None = None) -> ProjectId:
    """Return the ID of the project with this name or ID; its domain matters where several have such a project.

    Raises:
        NoSuchProject: The project is not one of the user's, and the text is not the ID of another.
        AmbiguousProject: Several of the user's projects have this name.
    """
    project_id = cloud.projects.resolve(name_or_id, domain).project_id
    if project_id is None:
        raise errors.NoSuchProject(name_or_id)
    return project_id


def project_label(cloud: Cloud, project_id: ProjectId | None) -> str:
    """Return a project's name and ID, as far as they are known."""
    if project_id is None:
        return "(unknown)"
    name = cloud.projects.name_of(project_id)
    return f"{name} ({project_id})" if name else project_id
