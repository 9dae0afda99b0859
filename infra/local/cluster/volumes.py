"""Volumes in the cluster's folder: what is in them outlives every pod."""

import os
from pathlib import Path

from infra.local.cluster.images import USER
from infra.local.cluster.manifests import Document


def volume(folder: Path, namespace: str, claim: str) -> Document:
    """Make the folder for what the user of the images writes, and the PersistentVolume that only this claim gets."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chown(folder, USER, USER)
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{namespace}-{claim}"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"namespace": namespace, "name": claim},
            "hostPath": {"path": str(folder), "type": "Directory"},
        },
    }
