variable "org_id" {
  description = "The organisation that the project belongs to."
  type        = string

  validation {
    condition     = startswith(var.org_id, "org-")
    error_message = "An organisation's id begins with org-."
  }
}

variable "name" {
  description = "The project's name."
  type        = string
  default     = "taskwake"
}

variable "region_id" {
  description = "Where the project is: near the cluster, since each task waits for a few round trips."
  type        = string
  default     = "azure-gwc"

  validation {
    condition     = can(regex("^(aws|azure)-", var.region_id))
    error_message = "As Neon writes it, for example aws-eu-central-1 or azure-gwc."
  }
}

variable "pg_version" {
  description = "PostgreSQL's major version."
  type        = number
  default     = 17

  validation {
    condition     = var.pg_version >= 16
    error_message = "16 at least."
  }
}

variable "min_compute_units" {
  description = "The least that an awake database has: a unit is 1 CPU and 4 GB."
  type        = number
  default     = 0.25

  validation {
    condition     = var.min_compute_units >= 0.25
    error_message = "0.25 at least."
  }
}

variable "max_compute_units" {
  description = "The most that it grows to under load."
  type        = number
  default     = 2
}

variable "suspend_after_seconds" {
  description = "After so long without a query the database sleeps, and costs nothing. Neon's own is 300."
  type        = number
  default     = 300

  validation {
    condition     = var.suspend_after_seconds == 0 || (var.suspend_after_seconds >= 60 && var.suspend_after_seconds <= 604800)
    error_message = "60 to 604800, or 0 for Neon's own."
  }
}

variable "history_seconds" {
  description = "So far back the database can be restored to any moment. What the plan allows; 0 keeps nothing."
  type        = number
  default     = 86400

  validation {
    condition     = var.history_seconds >= 0 && var.history_seconds <= 2592000
    error_message = "0 to 2592000: 30 days."
  }
}

variable "allowed_addresses" {
  description = "Who may connect, by address or range: the cluster's egress_address, and whoever migrates. Empty allows all; not every plan has it."
  type        = list(string)
  default     = []
}
