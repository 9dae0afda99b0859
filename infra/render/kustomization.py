"""The forms of kustomize's own files."""

from infra.render.document import Value, yaml_text

KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}


def patch(target: Value, *operations: tuple[str, str, Value]) -> Value:
    """JSON patches (operation, path, value) of what `target` picks; its name is a pattern of the whole name."""
    steps = [
        {"op": operation, "path": path} | ({} if value is None else {"value": value})
        for operation, path, value in operations
    ]
    return {"target": target, "patch": yaml_text(steps)}
