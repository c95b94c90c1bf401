"""Row-level security on PostgreSQL: the second line, behind the statements that name an organisation themselves.

Every table with a column `organisation_id` is shielded: also for its owner, a transaction sees and writes the
rows of the organisation that it says it reaches (reach.py), and none where it says nothing. All rows at once are
for the owner and for those roles that were told so (roles.py); whoever else asks for all gets none.
"""

from __future__ import annotations

LOCK = 0x436F6E636F726453  # "ConcordS": what is shielded by one process is not being shielded by another
SETTING = "concord.organisation"
KEYS_TABLE = "concord_keys.sealing_keys"

SHIELD = f"""
DO $shield$
DECLARE
    found record;
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    IF to_regproc('concord_reaches_everything') IS NULL THEN
        EXECUTE format('CREATE FUNCTION concord_reaches_everything() RETURNS boolean STABLE LANGUAGE sql '
            'AS $f$ SELECT current_user IN (%L) $f$', current_user);
    END IF;
    FOR found IN
        SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE a.attname = 'organisation_id' AND NOT a.attisdropped AND c.relkind = 'r' AND NOT c.relforcerowsecurity
            AND c.relnamespace IN (current_schema()::regnamespace, to_regnamespace('concord_keys'))
            AND pg_has_role(current_user, c.relowner, 'USAGE')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', found.name);
        EXECUTE format('CREATE POLICY of_one_organisation ON %s USING (organisation_id = current_setting(%L, true))',
            found.name, '{SETTING}');
        EXECUTE format('CREATE POLICY of_everything ON %s USING (current_setting(%L, true) = %L '
            'AND concord_reaches_everything())', found.name, '{SETTING}', '*');
    END LOOP;
    IF to_regclass('log_receipts') IS NOT NULL
        AND NOT (SELECT relforcerowsecurity FROM pg_class WHERE oid = to_regclass('log_receipts')) THEN
        -- Whoever may see the last event of a command may see what it answered.
        ALTER TABLE log_receipts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY of_its_event ON log_receipts
            USING (EXISTS (SELECT FROM log_events e WHERE e.position = log_receipts.position));
        EXECUTE format('CREATE POLICY of_everything ON log_receipts USING (current_setting(%L, true) = %L '
            'AND concord_reaches_everything())', '{SETTING}', '*');
    END IF;
END $shield$
"""
"""Shields every table that is not yet; part of the transaction that makes a table, so that none is ever bare."""

BIND_KEYS = f"""
DO $keys$
BEGIN
    IF to_regclass('log_events') IS NOT NULL THEN
        UPDATE {KEYS_TABLE} k SET organisation_id = e.organisation_id FROM log_events e
        WHERE k.organisation_id = '*' AND e.stream_id = k.owner_id AND e.stream_version = 1
            AND e.organisation_id IS NOT NULL;
    END IF;
END $keys$
"""
"""Lets keys that came without saying whose they are, of an older Concord or a backup, be their organisation's."""

DOORS = {
    "tokens": ("identity_tokens", "secret_hash = given"),
    "sessions": ("identity_sessions", "secret_hash = given"),
    "session": ("identity_sessions", "session_id = given"),
    "invitations": ("identity_invitations", "secret_hash = given"),
    "password_resets": ("identity_password_resets", "secret_hash = given"),
    "passkeys": ("identity_passkeys", "credential_id = given"),
    "logins": (
        "identity_logins",
        "issuer = split_part(given, ' ', 1) AND subject = substr(given, strpos(given, ' ') + 1)",
    ),
    "email": ("identity_people", "email_folded = given"),
}
"""Where a request that is not anybody's yet may ask which organisation it belongs to: by a whole key, one at a time."""

_BRANCHES = "\n".join(
    f"        WHEN '{door}' THEN (SELECT organisation_id FROM {table} WHERE {condition})"
    for door, (table, condition) in DOORS.items()
)
DOORKEEPER = f"""
CREATE OR REPLACE FUNCTION identity_organisation_of(door text, given text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before text := coalesce(current_setting('{SETTING}', true), '');
    found text;
BEGIN
    PERFORM set_config('{SETTING}', '*', true);
    found := CASE door
{_BRANCHES}
    END;
    PERFORM set_config('{SETTING}', before, true);
    RETURN found;
END $$
"""
"""Answers for `DOORS`. It belongs to whoever made the tables, and tells an organisation's id and nothing else."""

EVERY_NAME = f"""
DO $names$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_policy WHERE polname = 'names_of_all' AND polrelid = to_regclass('identity_organisations')) THEN
        -- Whether there is any organisation yet, and whether a name is taken, is asked before anybody is known.
        CREATE POLICY names_of_all ON identity_organisations FOR SELECT
            USING (current_setting('{SETTING}', true) = '*');
    END IF;
END $names$
"""
