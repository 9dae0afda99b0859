"""The database itself: its version and settings, its schema, and who may do what in it."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from functions.kernel.storage import logins
from functions.operations.doctor.finding import Finding, well, wrong
from functions.operations.doctor.sight import Sight
from functions.operations.migrate import MIGRATIONS

OLDEST_SERVER = 170000
"""The first with transaction_timeout, which bounds every transaction (specs/decisions/0003)."""
_SAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_write", "remote_apply")}
"""What has to be so for what was accepted to survive a loss of power."""


def version(sight: Sight) -> Finding:
    """Whether the server is new enough, and takes writes."""
    row = sight.row(
        "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name,"
        " pg_is_in_recovery() AS standby"
    )
    if row["number"] < OLDEST_SERVER:
        return wrong("version", f"PostgreSQL {row['name']} is too old", sight.place, "move it to version 17 or newer")
    if row["standby"]:
        return wrong(
            "version", "it is a standby, which takes no writes", sight.place, "promote it, or name the primary"
        )
    return well("version", f"PostgreSQL {row['name']}", sight.place)


def migrations(sight: Sight) -> Finding:
    """Whether the schema is the one that this release knows."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    if not sight.row("SELECT to_regclass('public.alembic_version') IS NOT NULL AS there")["there"]:
        return wrong("migrations", "there is no schema of Taskwake", sight.place, "run `taskwake migrate`")
    rows = sight.rows("SELECT version_num FROM public.alembic_version")
    found = rows[0]["version_num"] if rows else "none"
    if found == head:
        return well("migrations", f"revision {found}, the newest", sight.place)
    if found in {script.revision for script in scripts.walk_revisions()}:
        todo = "run `taskwake migrate`; the running release goes on meanwhile"
        return wrong("migrations", f"revision {found}, behind {head}", sight.place, todo)
    todo = f"look with the release that made {found}; this one may go on running until it is replaced"
    return wrong("migrations", f"revision {found} is of another release; this one knows {head}", sight.place, todo)


def settings(sight: Sight) -> Finding:
    """Whether what is committed is on the disk."""
    rows = sight.rows("SELECT name, setting, source FROM pg_settings WHERE name = ANY(%s)", list(_SAFE))
    bad = [f"{row['name']} = {row['setting']}" for row in rows if row["setting"] not in _SAFE[row["name"]]]
    if bad:
        todo = (
            "set them to on (ALTER SYSTEM, then SELECT pg_reload_conf()): a loss of power would lose what was accepted"
        )
        return wrong("settings", ", ".join(sorted(bad)), sight.place, todo)
    return well("settings", ", ".join(f"{row['name']} {row['setting']}" for row in rows), sight.place)


def roles(sight: Sight) -> Finding:
    """Whether the logins are there, own nothing, and may not do more than they should."""
    bound = (logins.API, logins.FUNCTIONS)
    names = [name for login in bound for name in (login.name, login.role)]
    rows = sight.rows(
        """
        SELECT rolname AS name, rolsuper AS "SUPERUSER", rolcreatedb AS "CREATEDB", rolcreaterole AS "CREATEROLE",
               rolreplication AS "REPLICATION", rolbypassrls AS "BYPASSRLS",
               ARRAY(SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
                     WHERE m.member = pg_roles.oid) AS member_of,
               ARRAY(SELECT relname::text FROM pg_class WHERE relowner = pg_roles.oid
                     UNION ALL SELECT proname FROM pg_proc WHERE proowner = pg_roles.oid
                     UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = pg_roles.oid) AS owns
        FROM pg_roles WHERE rolname = ANY(%s) ORDER BY rolname
        """,
        names,
    )
    known = {row["name"]: row for row in rows}
    faults = [f"{name} is missing" for name in names if name not in known]
    for name, row in known.items():
        allowed = {login.role for login in bound if login.name == name}
        faults += [f"{name} is {right}" for right, given in row.items() if right.isupper() and given]
        faults += [f"{name} is a member of {role}" for role in row["member_of"] if role not in allowed]
        faults += [f"{name} is no member of {role}" for role in allowed if role not in row["member_of"]]
        faults += [f"{name} owns {', '.join(sorted(row['owns'])[:5])}"] if row["owns"] else []
    if not faults:
        return well("roles", "they own nothing and bypass nothing", sight.place)
    todo = "ALTER ROLE … NOBYPASSRLS (or what is named), REASSIGN OWNED BY …; `taskwake migrate --logins` makes them"
    return wrong("roles", "; ".join(faults), sight.place, todo)


def row_security(sight: Sight) -> Finding:
    """Whether every table shows a person only what is theirs. FORCE would bind only a table's owner, which none of the
    logins is (see `roles`)."""
    rows = sight.rows(
        """
        SELECT relname, relrowsecurity AS bound, EXISTS (
            SELECT FROM aclexplode(relacl) WHERE grantee = 0
        ) AS open
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND relname <> 'alembic_version' AND (NOT relrowsecurity OR relacl IS NOT NULL)
        ORDER BY relname
        """
    )
    unbound = [row["relname"] for row in rows if not row["bound"]]
    opened = [row["relname"] for row in rows if row["open"]]
    faults = [f"off on {', '.join(unbound)}"] if unbound else []
    faults += [f"everybody may use {', '.join(opened)}"] if opened else []
    if not faults:
        return well("row security", "on for every table", sight.place)
    todo = "ALTER TABLE … ENABLE ROW LEVEL SECURITY; REVOKE ALL ON … FROM PUBLIC; then find out who changed it"
    return wrong("row security", "; ".join(faults), sight.place, todo)
