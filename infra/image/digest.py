"""Digests as the OCI image specification writes them: `sha256:` and 64 hexadecimal digits."""

import gzip
import hashlib
from typing import BinaryIO


def digest_of(content: bytes) -> str:
    """The digest of these bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Digesting:
    """A file that passes on what is written to it, and tells its digest."""

    def __init__(self, to: BinaryIO | gzip.GzipFile) -> None:
        self._to = to
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Pass on."""
        self._hash.update(data)
        return self._to.write(data)

    def flush(self) -> None:
        """Pass on."""
        self._to.flush()

    @property
    def digest(self) -> str:
        """Of all that was written so far."""
        return f"sha256:{self._hash.hexdigest()}"
