"""An installation of many people, without waiting for each."""

MANY = """
    WITH people AS (
        INSERT INTO users (id, name) SELECT gen_random_uuid(), 'Somebody' FROM generate_series(1, %s) RETURNING id
    ), places AS (
        INSERT INTO lists (id, owner_id, name) SELECT gen_random_uuid(), id, 'Inbox' FROM people RETURNING id, owner_id
    ), members AS (
        INSERT INTO list_members (list_id, user_id, role) SELECT id, owner_id, 'owner' FROM places
    ), rules AS (
        INSERT INTO series (id, list_id, rrule, dtstart, all_day)
        SELECT gen_random_uuid(), id, 'FREQ=DAILY', now(), true FROM places RETURNING id, list_id
    ), work AS (
        INSERT INTO tasks (id, list_id, title, created_by, series_id, recurrence_id)
        SELECT gen_random_uuid(), places.id, 'x', owner_id, rules.id, '20310101'
        FROM places JOIN rules ON list_id = places.id
        RETURNING id, list_id, created_by, series_id
    ), due AS (
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
        SELECT gen_random_uuid(), id, list_id, created_by, 'due', now() + interval '1 day' FROM work
    ), told AS (
        INSERT INTO notices (id, user_id, task_id, event_id, kind, title)
        SELECT gen_random_uuid(), created_by, id, 'x', 'due', 'x' FROM work
    ), hooks AS (
        INSERT INTO webhooks (id, user_id, url, topics, list_id)
        SELECT gen_random_uuid(), owner_id, 'https://example.org', '{}', id FROM places RETURNING id, user_id
    ), sent AS (
        INSERT INTO deliveries (id, user_id, task_id, channel, webhook_id, title)
        SELECT gen_random_uuid(), user_id, gen_random_uuid(), 'webhook', id, 'x' FROM hooks RETURNING id, user_id
    ), tried AS (
        INSERT INTO delivery_attempts (id, delivery_id, user_id, milliseconds)
        SELECT gen_random_uuid(), id, user_id, 1 FROM sent
    ), waits AS (
        INSERT INTO delivery_turns (delivery_id, target, asked_at) SELECT id, 'x', now() FROM sent
    ), missed AS (
        INSERT INTO misses (id, user_id, series_id, task_id, title, catch_up, missed, first_at, last_at)
        SELECT gen_random_uuid(), created_by, series_id, id, 'x', 'latest', 1, now(), now() FROM work
    ), imported AS (
        INSERT INTO imported_items (user_id, uid, task_id, series_id, fingerprint)
        SELECT created_by, 'x', id, series_id, '' FROM work
    ), invited AS (
        INSERT INTO list_invitations (id, list_id, role, hash, created_by, expires_at)
        SELECT gen_random_uuid(), id, 'editor', id::text::bytea, owner_id, now() FROM places
    ), known AS (
        INSERT INTO identities (issuer, subject, user_id) SELECT 'x', id::text, id FROM people
    ), shown AS (
        INSERT INTO credentials (id, user_id, kind, hash)
        SELECT gen_random_uuid(), id, 'token', id::text::bytea FROM people
    ), read AS (
        INSERT INTO calendar_feeds (id, user_id, name, secret_hash, components, done)
        SELECT gen_random_uuid(), id, 'x', id::text::bytea, '{}', false FROM people
    ), kept AS (
        INSERT INTO filters (id, user_id, name, query, position) SELECT gen_random_uuid(), id, 'x', 'p1', 1 FROM people
    )
    INSERT INTO events (id, topic, key, list_id, user_id, event, published_at)
    SELECT gen_random_uuid(), 'x', id, list_id, created_by, '{}', now() FROM work
"""
"""So many people, with something of each kind."""
