"""Deliveries as a person sees them: each with its attempts, the last error, and how it stands."""

DELIVERIES = """
    SELECT deliveries.id, task_id, channel, webhook_id, requested_at, delivered_at, last_error,
           COALESCE(delivered_at, noted.last_at, dead.created_at) AS attempted_at,
           COALESCE(noted.attempts, 0) + (delivered_at IS NOT NULL)::int AS attempts,
           CASE WHEN delivered_at IS NOT NULL THEN 'delivered' WHEN dead.id IS NOT NULL THEN 'failed'
                ELSE 'requested' END AS status
    FROM deliveries
    LEFT JOIN attempts noted ON noted.function = 'delivery-requested' AND noted.event_id = deliveries.id::text
    LEFT JOIN dead_letters dead ON dead.function = 'delivery-requested' AND dead.event_id = deliveries.id::text
"""
