"""The roles under which Concord works on PostgreSQL: each part has the rights that it needs, and no more.

| role | what it is for | what it may |
|---|---|---|
| the owner | `concord roles`, and the first start after an update | owns the tables and functions |
| `..._app` | what answers requests | reads the log, appends, keeps identities; one organisation at a time |
| `..._projector` | the worker, and an operator's commands | the same for all organisations, and keeps the read models |
| `..._keys` | the sealing keys, in every process | the schema of the keys, and nothing else |
| `..._audit` | checkpoints and proofs, in every process | reads the log for all organisations, keeps the tree over it |

Nobody signs in as one of these: whom a process signs in as is a member of those that it needs, takes each on for
one part of its work, and has no rights of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from adapters.stores.row_security import SETTING

if TYPE_CHECKING:
    from adapters.stores.postgres import PostgresDatabase

PARTS = ("app", "projector", "keys", "audit")
"""Who signs in for a web process is a member of all but the projector; for the worker, of all."""

_LOG = "log_head, log_events, log_receipts, log_sights, log_standings, log_tree, log_checkpoints"
_TRACKING = "projections, projection_builds, projection_parked"
_READ_MODELS = r"_v\d+_g\d+$"

_GRANTS = f"""
GRANT USAGE ON SCHEMA {{schema}} TO {{app}}, {{projector}}, {{audit}};
GRANT SELECT ON {_LOG}, {_TRACKING} TO {{app}};
GRANT INSERT ON projections TO {{app}};
GRANT EXECUTE ON FUNCTION log_append, identity_organisation_of TO {{app}};
GRANT CREATE ON SCHEMA {{schema}} TO {{projector}};
GRANT INSERT, UPDATE, DELETE ON {_TRACKING} TO {{projector}};
ALTER DEFAULT PRIVILEGES FOR ROLE {{projector}} IN SCHEMA {{schema}} GRANT SELECT ON TABLES TO {{app}};
GRANT SELECT ON {_LOG} TO {{audit}};
GRANT INSERT ON log_tree, log_checkpoints TO {{audit}};
GRANT USAGE ON SCHEMA concord_keys TO {{keys}};
GRANT SELECT, INSERT, UPDATE, DELETE ON concord_keys.sealing_keys TO {{keys}};
REVOKE ALL ON FUNCTION identity_organisation_of FROM PUBLIC;
"""

_THE_REST = f"""
DO $rest$
DECLARE found record;
BEGIN
    FOR found IN SELECT c.oid::regclass AS name, c.relname FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname LIKE 'identity\\_%%'
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO %I', found.name, '{{app}}');
        IF found.relname <> 'identity_version' THEN
            EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO %I', found.name, '{{app}}');
        END IF;
    END LOOP;
    FOR found IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname ~ '{_READ_MODELS}'
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO %I', found.name, '{{projector}}');
        EXECUTE format('GRANT SELECT ON %s TO %I', found.name, '{{app}}');
    END LOOP;
    EXECUTE format('CREATE OR REPLACE FUNCTION concord_reaches_everything() RETURNS boolean STABLE LANGUAGE sql '
        'AS $f$ SELECT current_user IN (%L, %L, %L, %L) $f$',
        current_user, '{{projector}}', '{{keys}}', '{{audit}}');
END $rest$
"""


async def make_roles(database: PostgresDatabase, prefix: str) -> Iterable[str]:
    """Makes the roles where they are missing and gives each its rights; to be called as the owner of everything.

    The owner must be allowed to make roles, or find them there as scripts/container/logins.sql makes them.
    """
    roles = {part: f"{prefix}_{part}" for part in PARTS}
    async with database.connection() as connection, connection.transaction():
        await connection.execute(f"SELECT set_config('{SETTING}', '*', true)")
        for role in roles.values():
            cursor = await connection.execute("SELECT to_regrole(%s) IS NULL", [role])
            row = await cursor.fetchone()
            if row is not None and row[0]:
                await connection.execute(f"CREATE ROLE {role} NOLOGIN".encode())
        cursor = await connection.execute(
            "SELECT quote_ident(current_schema()), pg_has_role(current_user, %(projector)s, 'USAGE'), "
            "pg_has_role(%(projector)s, %(app)s, 'USAGE')",
            roles,
        )
        row = await cursor.fetchone()
        assert row is not None
        if not row[1]:
            await connection.execute(f"GRANT {roles['projector']} TO CURRENT_USER".encode())
        if not row[2]:
            await connection.execute(f"GRANT {roles['app']} TO {roles['projector']}".encode())
        for statement in (_GRANTS, _THE_REST):
            await connection.execute(statement.format(schema=row[0], **roles).replace("%%", "%").encode())
    return roles.values()
