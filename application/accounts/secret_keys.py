"""Keys that follow from SECRET_KEY: one for each purpose, known by an id. Pure."""

import hashlib
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secrets: Iterable[str], purpose: str) -> dict[str, bytes]:
    """Id > 32 bytes for each of `secrets`, in their order (HKDF, RFC 5869).

    An id follows from its key and stays with what that key encrypted, so that it is still found
    when SECRET_KEY has become another one.
    """
    found = {}
    for secret in secrets:
        info = f"tend {purpose}".encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
        found[hashlib.sha256(b"id " + key).hexdigest()[:8]] = key
    return found
