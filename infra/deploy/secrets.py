"""The Secrets of the product: what is there is kept, what is missing is brought from outside or made here."""

import base64
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlsplit, urlunsplit

from functions.catalogue import FUNCTIONS
from functions.kernel.storage import logins
from functions.kernel.webhook_secret import KEY_NAME
from functions.notification_service.channels.directory import SMTP_SECRET
from infra.deploy.kubectl import Kubectl, Manifest
from infra.deploy.progress import DeployError, Progress
from infra.render.access import secrets_of
from infra.render.kubernetes import API_TOKEN, APP_TOKEN, DATA_NAMESPACE, NAMESPACE

TOKENS = (API_TOKEN, APP_TOKEN)
RANDOM = (*TOKENS, KEY_NAME)
ADDRESSES = tuple(login.secret for login in logins.ALL)
NEEDED = frozenset({name for function in FUNCTIONS for name in secrets_of(function)} | {*TOKENS, logins.OWNER_SECRET})
OPTIONAL = frozenset({SMTP_SECRET})
"""Without it no e-mail is sent, and everything else works."""

IN_CLUSTER_OWNER = "postgres-owner"
IN_CLUSTER_HOST = f"postgres.{DATA_NAMESPACE}.svc.cluster.local:5432"
EXTERNAL_SECONDS = 180
NEON_HOST = re.compile(r"(ep-[a-z0-9-]+?)(-pooler)?(\..+\.neon\.tech)")


@dataclass(frozen=True)
class Plan:
    """What becomes of each Secret, by name. `missing` can be neither brought nor made."""

    kept: frozenset[str]
    brought: frozenset[str]
    made: frozenset[str]
    missing: frozenset[str]

    @classmethod
    def of(cls, there: Collection[str], external: Collection[str], *, owner_known: bool) -> "Plan":
        """`there` are in the cluster already, `external` are brought by the overlay's ExternalSecrets; `owner_known`
        says whether the owner's address can be had, of which those of the logins are made."""
        brought = frozenset(external)
        kept = (NEEDED & set(there)) - brought
        possible = {*RANDOM, *(ADDRESSES if owner_known or logins.OWNER_SECRET in kept | brought else ())}
        possible |= {logins.OWNER_SECRET} if owner_known else set()
        open_ = NEEDED - kept - brought
        return cls(kept, brought, frozenset(open_ & possible), frozenset(open_ - possible - OPTIONAL))


def existing(kubectl: Kubectl) -> set[str]:
    """The names of the Secrets that the namespace has."""
    return {line.rpartition("/")[2] for line in kubectl.run("get", "secrets", "-n", NAMESPACE, "-o=name").splitlines()}


def in_cluster_owner(kubectl: Kubectl) -> str:
    """The owner's address of the PostgreSQL that runs beside the product; empty where none does."""
    secret = kubectl.find("secret", IN_CLUSTER_OWNER, DATA_NAMESPACE)
    if secret is None:
        return ""
    name, password = (quote(_text(secret, key), safe="") for key in ("username", "password"))
    return f"postgresql://{name}:{password}@{IN_CLUSTER_HOST}/postgres"


def provide(kubectl: Kubectl, plan: Plan, owner_url: str, progress: Progress) -> None:
    """Wait for what is brought, and make what is missing. No value is shown, or stands in a command line."""
    if awaited := plan.brought - OPTIONAL:
        progress.until_none(
            partial(_not_brought, kubectl, awaited),
            patience_seconds=EXTERNAL_SECONDS,
            hint=f"See `kubectl -n {NAMESPACE} describe externalsecret`: the store may lack the value, or this cluster "
            "the right to read it.",
        )
    for name in sorted(plan.made & set(RANDOM)):
        _make(kubectl, name, secrets.token_urlsafe(32), progress)
    if logins.OWNER_SECRET in plan.made:
        owner_url = owner_url or in_cluster_owner(kubectl)
        if not owner_url:
            raise DeployError(
                f"There is no Secret {IN_CLUSTER_OWNER} in the namespace {DATA_NAMESPACE}, which a PostgreSQL of the "
                "cluster should have: give the owner's address of another with --owner-url-file."
            )
        progress.note(f"the database is that of {urlsplit(owner_url).hostname}")
        _make(kubectl, logins.OWNER_SECRET, owner_url, progress)
    elif owner_url:
        progress.note(
            f"The Secret {logins.OWNER_SECRET} is there and stays, so the address that you gave is not used. To use "
            f"it, delete that Secret and those of the logins ({', '.join(ADDRESSES)}) first."
        )
    for login in logins.ALL:
        if login.secret in plan.made:
            owner = _text(kubectl.read("get", "secret", logins.OWNER_SECRET, "-n", NAMESPACE), logins.OWNER_SECRET)
            address = logins.address(pooled(owner), login, secrets.token_urlsafe(24))
            _make(kubectl, login.secret, address, progress)
    if not OPTIONAL & (plan.kept | plan.brought):
        progress.note(
            f"No Secret {SMTP_SECRET}: no e-mail is sent. To have it: kubectl -n {NAMESPACE} create secret generic "
            f"{SMTP_SECRET} --from-file={SMTP_SECRET}=FILE (smtp://user:password@host:587/?from=you@example.org)"
        )


def pooled(url: str) -> str:
    """The address of Neon's pooler where it is a database of Neon; else the same. Migrations need the direct one."""
    parts = urlsplit(url)
    credentials, at, place = parts.netloc.rpartition("@")
    found = NEON_HOST.match(place)
    if not found:
        return url
    host = f"{found[1]}-pooler{found[3]}{place[found.end() :]}"
    return urlunsplit(parts._replace(netloc=credentials + at + host))


def secret(name: str, value: str) -> Manifest:
    """A Secret with one key: `token` of a token, its own name of any other."""
    metadata = {"name": name, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "taskwake"}}
    key = "token" if name in TOKENS else name
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": {key: value}}


def _make(kubectl: Kubectl, name: str, value: str, progress: Progress) -> None:
    made = kubectl.create(secret(name, value))
    progress.note(f"secret/{name} {'made' if made else 'was made meanwhile, and is kept'}")


def _text(obj: Manifest, key: str) -> str:
    try:
        return base64.b64decode(obj["data"][key]).decode()
    except KeyError:
        name, namespace = obj["metadata"]["name"], obj["metadata"]["namespace"]
        raise DeployError(f"The Secret {name} in the namespace {namespace} has no key {key!r}.") from None


def _not_brought(kubectl: Kubectl, names: Collection[str]) -> list[str]:
    missing = set(names) - existing(kubectl)
    if not missing:
        return []
    reasons = {}
    for obj in kubectl.list("externalsecrets.external-secrets.io", namespace=NAMESPACE):
        ready = [c for c in obj.get("status", {}).get("conditions", ()) if c["type"] == "Ready"]
        target = obj["spec"].get("target", {}).get("name") or obj["metadata"]["name"]
        reasons[target] = ready[0].get("message") or ready[0].get("reason", "") if ready else "not looked at yet"
    return [f"secret/{name} ({reasons.get(name, 'no ExternalSecret')})" for name in sorted(missing)]
