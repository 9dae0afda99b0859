"""A finding: a trap that a manifest walks into."""

from dataclasses import dataclass

from infra.lint.manifests import Resource


@dataclass(frozen=True, order=True)
class Finding:
    """`what` says what is wrong, `remedy` what to do."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.remedy}"


def finding(resource: Resource, what: str, remedy: str) -> Finding:
    """One of this object: `path/kind/name`."""
    return Finding(f"{resource.path}/{resource.kind}/{resource.name}", what, remedy)
