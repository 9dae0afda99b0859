# One branch with one database, and one role that owns it and migrates it. The functions' own logins are made by
# `taskwake migrate` in SQL: a role that Neon makes is a member of neon_superuser, which row-level security does not bind.
resource "neon_project" "this" {
  name       = var.name
  org_id     = var.org_id
  region_id  = var.region_id
  pg_version = var.pg_version

  history_retention_seconds = var.history_seconds
  allowed_ips               = var.allowed_addresses
  store_password            = "yes"

  branch {
    name          = "main"
    database_name = "taskwake"
    role_name     = "taskwake_owner"
  }

  default_endpoint_settings {
    autoscaling_limit_min_cu = var.min_compute_units
    autoscaling_limit_max_cu = var.max_compute_units
    suspend_timeout_seconds  = var.suspend_after_seconds
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = var.max_compute_units >= var.min_compute_units
      error_message = "max_compute_units is less than min_compute_units."
    }
  }
}

locals {
  owner    = "${urlencode(neon_project.this.database_user)}:${urlencode(neon_project.this.database_password)}"
  database = "${neon_project.this.database_name}?sslmode=require&channel_binding=require"
}
