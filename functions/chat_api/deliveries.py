"""Deliveries as a person sees them: each with its attempts, the last error, and how it stands."""

STATUS = """
    CASE WHEN delivered_at IS NOT NULL THEN 'delivered' WHEN given_up_at IS NOT NULL OR dead.id IS NOT NULL
         THEN 'failed' WHEN failures > 0 AND next_attempt_at IS NOT NULL THEN 'retrying' ELSE 'requested' END
"""
NEXT = "CASE WHEN failures > 0 THEN next_attempt_at END AS next_attempt_at"
"""Of what never failed it is only when its sending, which is under way, would be begun again."""
DEAD = "LEFT JOIN dead_letters dead ON dead.function = 'delivery-requested' AND dead.event_id = deliveries.id::text"
# A webhook's attempts have rows of their own; those of e-mail that failed are counted like any event's.
DELIVERIES = f"""
    SELECT deliveries.id, task_id, channel, webhook_id, requested_at, delivered_at, {NEXT},
           COALESCE(called.error, last_error) AS last_error,
           COALESCE(delivered_at, called.at, noted.last_at, dead.created_at) AS attempted_at,
           COALESCE(noted.attempts, 0) + greatest(called.attempts, (delivered_at IS NOT NULL)::int) AS attempts,
           {STATUS} AS status
    FROM deliveries
    LEFT JOIN attempts noted ON noted.function = 'delivery-requested' AND noted.event_id = deliveries.id::text
    {DEAD}
    CROSS JOIN LATERAL (
        SELECT count(*) AS attempts, max(attempted_at) AS at,
               (array_agg(error ORDER BY attempted_at DESC) FILTER (WHERE error IS NOT NULL))[1] AS error
        FROM delivery_attempts WHERE delivery_id = deliveries.id
    ) AS called
"""  # noqa: S608 - constants
