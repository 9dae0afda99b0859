-- A function refuses an event that was dropped from the log: its inbox does not know it any more.
GRANT SELECT ON retentions TO taskwake_functions;
CREATE POLICY functions ON retentions FOR SELECT TO taskwake_functions USING (true);
GRANT EXECUTE ON FUNCTION log_begins TO taskwake_functions;

-- As before; but a dead letter that is gone, and was not dropped, was handled: only those are purged.
CREATE OR REPLACE FUNCTION find_dead_letter_audit(letter uuid, behind_at timestamptz, behind_id uuid, most integer) RETURNS TABLE (
    id uuid, at timestamptz, who text, action text, outcome text, dead_letter_id uuid, function text, event_id text,
    reason text, since_then text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    BEGIN ATOMIC
        SELECT a.id, a.at, COALESCE(u.name, a.by_login, 'somebody who left'), a.action, a.outcome, a.dead_letter_id,
               a.function, a.event_id, a.reason,
               CASE WHEN a.outcome <> 'handed on' THEN NULL
                    WHEN EXISTS (SELECT FROM dead_letter_audit later WHERE later.dead_letter_id = a.dead_letter_id
                                 AND later.at > a.at AND later.action = 'replay') THEN 'replayed again'
                    WHEN i.handled_at IS NOT NULL THEN 'handled'
                    WHEN d.id IS NULL AND EXISTS (SELECT FROM dead_letter_audit later
                                                  WHERE later.dead_letter_id = a.dead_letter_id
                                                  AND later.at > a.at AND later.action = 'drop') THEN 'dropped'
                    WHEN d.id IS NULL THEN 'handled'
                    WHEN d.replayed_at IS NULL THEN 'failed again'
                    ELSE 'on its way' END
        FROM dead_letter_audit a
        LEFT JOIN users u ON u.id = a.by_user
        LEFT JOIN inbox i ON i.function = a.function AND i.source = a.source AND i.event_id = a.event_id
        LEFT JOIN dead_letters d ON d.id = a.dead_letter_id
        WHERE may_operate() AND (letter IS NULL OR a.dead_letter_id = letter)
          AND (behind_at IS NULL OR (a.at, a.id) < (behind_at, behind_id))
        ORDER BY a.at DESC, a.id DESC LIMIT most;
    END;
