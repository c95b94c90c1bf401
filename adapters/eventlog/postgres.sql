-- The event log on PostgreSQL. The append function is the only way in: it takes the head row, which
-- is lock and dense number in one, and answers for each command without raising an exception.
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
CREATE TABLE IF NOT EXISTS log_standings (
    person_id text COLLATE "C" PRIMARY KEY, organisation_id text COLLATE "C" NOT NULL, kind text NOT NULL,
    leader_id text, roles text NOT NULL, active boolean NOT NULL);
CREATE INDEX IF NOT EXISTS log_standings_by_organisation ON log_standings (organisation_id, person_id);
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

CREATE OR REPLACE FUNCTION log_append(
    commands text[], hashes text[], answers text[], counts integer[], sights jsonb[], standings jsonb[],
    streams text[], versions integer[], types text[], headers bytea[], bodies bytea[], leaves bytea[]
) RETURNS TABLE (outcome text, at_position bigint, first_answer text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '5s' AS $$
#variable_conflict use_column
DECLARE
    head bigint;
    first integer := 1;
    last integer;
    known record;
BEGIN
    SELECT h.position INTO head FROM log_head h WHERE h.id = 1 FOR UPDATE;
    FOR i IN 1 .. cardinality(commands) LOOP
        last := first + counts[i] - 1;
        SELECT r.request_hash, r.answer, r.position INTO known FROM log_receipts r WHERE r.command_id = commands[i];
        IF FOUND THEN
            outcome := CASE WHEN known.request_hash = hashes[i] THEN 'repeat' ELSE 'reuse' END;
            at_position := known.position;
            first_answer := known.answer;
        ELSIF EXISTS (
            SELECT 1 FROM generate_series(first, last) n
            JOIN log_events e ON e.stream_id = streams[n] AND e.stream_version = versions[n]
        ) THEN
            outcome := 'conflict';
            at_position := 0;
            first_answer := '';
        ELSE
            INSERT INTO log_events (position, stream_id, stream_version, type, header, body, leaf)
            SELECT head + n - first + 1, streams[n], versions[n], types[n], headers[n], bodies[n], leaves[n]
            FROM generate_series(first, last) n;
            head := head + counts[i];
            INSERT INTO log_receipts (command_id, request_hash, answer, position)
            VALUES (commands[i], hashes[i], answers[i], head);
            IF sights[i] IS NOT NULL THEN
                DELETE FROM log_sights s USING jsonb_to_recordset(sights[i]) AS g (thing_id text, person_id text)
                WHERE s.thing_id = g.thing_id AND s.person_id = g.person_id;
                INSERT INTO log_sights (thing_id, person_id, sight, until_position)
                SELECT g.thing_id, g.person_id, g.sight, g.until_position FROM jsonb_to_recordset(sights[i])
                    AS g (thing_id text, person_id text, sight text, until_position bigint)
                WHERE g.sight IS NOT NULL;
            END IF;
            IF standings[i] IS NOT NULL THEN
                INSERT INTO log_standings AS was (person_id, organisation_id, kind, leader_id, roles, active)
                SELECT * FROM jsonb_to_recordset(standings[i])
                    AS g (person_id text, organisation_id text, kind text, leader_id text, roles text, active boolean)
                ON CONFLICT (person_id) DO UPDATE SET kind = excluded.kind, leader_id = excluded.leader_id,
                    roles = excluded.roles, active = excluded.active
                WHERE was.organisation_id = excluded.organisation_id;
            END IF;
            outcome := 'stored';
            at_position := head;
            first_answer := answers[i];
        END IF;
        first := last + 1;
        RETURN NEXT;
    END LOOP;
    UPDATE log_head h SET position = head WHERE h.id = 1;
END $$;
