-- The event log on PostgreSQL. The append function is the only way in: it takes the head row, which
-- is lock and dense number in one, and answers for each command without raising an exception.
--
-- Each row is an organisation's (row_security.py). An event says itself whose it is, in the header that its leaf is
-- the hash of, so the column cannot say anything else.
CREATE OR REPLACE FUNCTION log_organisation(header bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ SELECT substring(encode(header, 'escape') FROM '"organisation":"([0-9a-f-]{36})"') $$;
CREATE TABLE IF NOT EXISTS log_head (
    id integer PRIMARY KEY CHECK (id = 1), log_id text NOT NULL, position bigint NOT NULL);
CREATE TABLE IF NOT EXISTS log_events (
    position bigint PRIMARY KEY, stream_id text COLLATE "C" NOT NULL, stream_version integer NOT NULL,
    type text NOT NULL, header bytea NOT NULL, body bytea NOT NULL, leaf bytea NOT NULL,
    UNIQUE (stream_id, stream_version));
CREATE TABLE IF NOT EXISTS log_receipts (
    command_id text COLLATE "C" PRIMARY KEY, request_hash text NOT NULL, answer text NOT NULL,
    position bigint NOT NULL, recorded_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE IF NOT EXISTS log_sights (
    thing_id text COLLATE "C" NOT NULL, person_id text COLLATE "C" NOT NULL, sight text NOT NULL,
    until_position bigint, PRIMARY KEY (thing_id, person_id));
CREATE INDEX IF NOT EXISTS log_sights_by_person ON log_sights (person_id, thing_id);
CREATE INDEX IF NOT EXISTS log_sights_memberships ON log_sights (person_id, thing_id) WHERE sight = 'member';
CREATE INDEX IF NOT EXISTS log_sights_teams ON log_sights (person_id, thing_id) WHERE sight = 'team';
CREATE TABLE IF NOT EXISTS log_standings (
    person_id text COLLATE "C" PRIMARY KEY, organisation_id text COLLATE "C" NOT NULL, kind text NOT NULL,
    leader_id text, roles text NOT NULL, active boolean NOT NULL);
CREATE INDEX IF NOT EXISTS log_standings_by_organisation ON log_standings (organisation_id, person_id);
ALTER TABLE log_events ADD COLUMN IF NOT EXISTS
    organisation_id text COLLATE "C" GENERATED ALWAYS AS (log_organisation(header)) STORED;
ALTER TABLE log_sights ADD COLUMN IF NOT EXISTS organisation_id text COLLATE "C" NOT NULL DEFAULT '';
INSERT INTO log_head VALUES (1, gen_random_uuid()::text, 0) ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION log_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is recorded is never changed';
END $$;
CREATE OR REPLACE TRIGGER log_events_stay BEFORE UPDATE OR DELETE ON log_events
    FOR EACH ROW EXECUTE FUNCTION log_refuse_change();
CREATE OR REPLACE TRIGGER log_events_stay_all BEFORE TRUNCATE ON log_events
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse_change();
CREATE OR REPLACE TRIGGER log_receipts_stay BEFORE UPDATE OR DELETE ON log_receipts
    FOR EACH ROW EXECUTE FUNCTION log_refuse_change();
CREATE OR REPLACE TRIGGER log_receipts_stay_all BEFORE TRUNCATE ON log_receipts
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse_change();

-- Stores a group of commands and answers for each: stored, conflict, repeat or reuse. No two commands of a
-- group may have the same id or touch the same stream; a group that breaks this is refused as a whole.
--
-- Under the head row's lock what is there can be looked at before inserting, so that no answer needs an
-- exception. The planner is held to the indexes: a plan made while the tables were empty must not stay.
DROP FUNCTION IF EXISTS log_append(text[], text[], text[], integer[], jsonb, jsonb,
    integer[], text[], integer[], text[], bytea[], bytea[], bytea[]);
CREATE OR REPLACE FUNCTION log_append(
    commands text[], hashes text[], answers text[], counts integer[], organisations text[],
    sights jsonb, standings jsonb, of_command integer[], streams text[], versions integer[], types text[],
    headers bytea[], bodies bytea[], leaves bytea[]
) RETURNS TABLE (outcome text, at_position bigint, first_answer text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '5s'
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    reached text := coalesce(current_setting('concord.organisation', true), '');
    head bigint;
    refused integer[];
    added bigint;
BEGIN
    -- A group is of commands of several organisations.
    PERFORM set_config('concord.organisation', '*', true);
    SELECT h.position INTO head FROM log_head h WHERE h.id = 1 FOR UPDATE;
    refused := ARRAY(
        SELECT a.n::integer FROM unnest(commands) WITH ORDINALITY AS a (command_id, n)
        JOIN log_receipts r ON r.command_id = a.command_id
        UNION ALL
        SELECT e.n FROM unnest(of_command, streams, versions) AS e (n, stream_id, stream_version)
        JOIN log_events l ON l.stream_id = e.stream_id AND l.stream_version = e.stream_version);
    INSERT INTO log_events (position, stream_id, stream_version, type, header, body, leaf)
    SELECT head + row_number() OVER (ORDER BY e.m), e.stream_id, e.stream_version, e.type, e.header, e.body, e.leaf
    FROM unnest(of_command, streams, versions, types, headers, bodies, leaves) WITH ORDINALITY
        AS e (n, stream_id, stream_version, type, header, body, leaf, m)
    WHERE e.n <> ALL (refused);
    GET DIAGNOSTICS added = ROW_COUNT;
    INSERT INTO log_receipts (command_id, request_hash, answer, position)
    SELECT a.command_id, a.request_hash, a.answer, head + sum(a.events) OVER (ORDER BY a.n)
    FROM unnest(commands, hashes, answers, counts) WITH ORDINALITY AS a (command_id, request_hash, answer, events, n)
    WHERE a.n <> ALL (refused);
    IF sights IS NOT NULL THEN
        DELETE FROM log_sights s
        USING jsonb_to_recordset(sights) AS g (n integer, thing_id text, person_id text, sight text)
        WHERE s.thing_id = g.thing_id AND s.person_id = g.person_id AND g.sight IS NULL AND g.n <> ALL (refused);
        INSERT INTO log_sights (thing_id, person_id, sight, until_position, organisation_id)
        SELECT DISTINCT ON (g.thing_id, g.person_id) g.thing_id, g.person_id, g.sight, g.until_position,
            organisations[g.n]
        FROM jsonb_to_recordset(sights)
            AS g (n integer, thing_id text, person_id text, sight text, until_position bigint)
        WHERE g.sight IS NOT NULL AND g.n <> ALL (refused)
        ORDER BY g.thing_id, g.person_id, g.n DESC
        ON CONFLICT (thing_id, person_id) DO UPDATE
            SET sight = excluded.sight, until_position = excluded.until_position,
                organisation_id = excluded.organisation_id;
    END IF;
    IF standings IS NOT NULL THEN
        INSERT INTO log_standings AS was (person_id, organisation_id, kind, leader_id, roles, active)
        SELECT DISTINCT ON (g.person_id) g.person_id, g.organisation_id, g.kind, g.leader_id, g.roles, g.active
        FROM jsonb_to_recordset(standings) AS g (
            n integer, person_id text, organisation_id text, kind text, leader_id text, roles text, active boolean)
        WHERE g.n <> ALL (refused)
        ORDER BY g.person_id, g.n DESC
        ON CONFLICT (person_id) DO UPDATE SET kind = excluded.kind, leader_id = excluded.leader_id,
            roles = excluded.roles, active = excluded.active
        WHERE was.organisation_id = excluded.organisation_id;
    END IF;
    IF added > 0 THEN
        UPDATE log_head h SET position = head + added WHERE h.id = 1;
    END IF;
    RETURN QUERY
    SELECT CASE
            WHEN a.n <> ALL (refused) THEN 'stored'
            WHEN r.command_id IS NULL THEN 'conflict'
            WHEN r.request_hash = a.request_hash THEN 'repeat'
            ELSE 'reuse' END,
        coalesce(r.position, 0), coalesce(r.answer, '')
    FROM unnest(commands, hashes) WITH ORDINALITY AS a (command_id, request_hash, n)
    LEFT JOIN log_receipts r ON r.command_id = a.command_id
    ORDER BY a.n;
    PERFORM set_config('concord.organisation', reached, true);
END $$;

-- Whose the sights are that came without saying so: of an older Concord, or out of a backup.
CREATE OR REPLACE FUNCTION log_assign_sights() RETURNS void LANGUAGE sql AS $$
    UPDATE log_sights s SET organisation_id = e.organisation_id FROM log_events e
    WHERE s.organisation_id = '' AND e.stream_id = s.thing_id AND e.stream_version = 1 AND e.organisation_id IS NOT NULL
$$;

-- Least privilege: the function belongs to whoever created the tables and runs with that role's rights. An
-- application's role is given the right to execute it, and none to write past it (adapters/stores/roles.py).
REVOKE ALL ON FUNCTION log_append FROM PUBLIC;
