"""What the Terraform provider kislerdm/neon 0.15.0 takes, as its documentation says (docs/resources/project.md).

No package of a public registry carries it in a form for machines, so these names are only as good as that reading.
"""

from typing import Any

NEON: dict[str, dict[str, Any]] = {
    "resource.neon_project": {
        "arguments": dict.fromkeys(
            (
                "allowed_ips",
                "allowed_ips_protected_branches_only",
                "block_public_connections",
                "block_vpc_connections",
                "compute_provisioner",
                "default_branch_protected",
                "enable_logical_replication",
                "hipaa",
                "history_retention_seconds",
                "name",
                "org_id",
                "pg_version",
                "region_id",
                "store_password",
            ),
            False,
        ),
        "blocks": {
            "branch": {
                "arguments": {"database_name": False, "name": False, "role_name": False},
                "blocks": {},
                "required_blocks": [],
            },
            "default_endpoint_settings": {
                "arguments": {
                    "autoscaling_limit_max_cu": False,
                    "autoscaling_limit_min_cu": False,
                    "suspend_timeout_seconds": False,
                },
                "blocks": {},
                "required_blocks": [],
            },
            "maintenance_window": {
                "arguments": {"end_time": True, "start_time": True, "weekdays": True},
                "blocks": {},
                "required_blocks": [],
            },
        },
        "required_blocks": [],
        "attributes": [
            "connection_uri",
            "connection_uri_pooler",
            "database_host",
            "database_host_pooler",
            "database_name",
            "database_password",
            "database_user",
            "default_branch_id",
            "default_endpoint_id",
            "id",
        ],
    },
}
