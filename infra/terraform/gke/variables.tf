variable "project_id" {
  description = "The Google Cloud project. Its APIs container, compute, cloudkms and secretmanager are enabled."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project's id is 6 to 30 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "name" {
  description = "What everything is named after."
  type        = string
  default     = "taskwake"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,16}[a-z0-9]$", var.name))
    error_message = "3 to 18 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "region" {
  description = "The region; the control plane and the nodes are spread over its zones."
  type        = string
  default     = "europe-west4"
}

variable "authorized_ranges" {
  description = "From which addresses the API server answers: those of the people and machines that deploy. By name."
  type        = map(string)

  validation {
    condition     = length(var.authorized_ranges) > 0 && alltrue([for range in values(var.authorized_ranges) : can(cidrhost(range, 0))])
    error_message = "At least one range in CIDR notation, as { office = \"203.0.113.0/29\" }."
  }

  validation {
    condition     = alltrue([for range in values(var.authorized_ranges) : try(tonumber(split("/", range)[1]) >= 8, false)])
    error_message = "A range wider than /8 restricts nothing."
  }
}

variable "release_channel" {
  description = "How soon Google upgrades Kubernetes: RAPID, REGULAR or STABLE. Knative Serving 1.21 wants 1.33 at least."
  type        = string
  default     = "REGULAR"

  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE"], var.release_channel)
    error_message = "RAPID, REGULAR or STABLE."
  }
}

variable "architecture" {
  description = "Of the nodes that Taskwake runs on: amd64 or arm64 (T2A, which not every region has). Its images are made for both."
  type        = string
  default     = "amd64"

  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "amd64 or arm64."
  }
}

variable "min_nodes" {
  description = "So many nodes Taskwake always has, over all zones. Redpanda's three brokers each want one of their own."
  type        = number
  default     = 3

  validation {
    condition     = var.min_nodes >= 3
    error_message = "At least 3."
  }
}

variable "max_nodes" {
  description = "So many nodes Taskwake has at most, over all zones."
  type        = number
  default     = 6

  validation {
    condition     = var.max_nodes <= 100
    error_message = "At most 100."
  }
}

variable "secrets" {
  description = "The secrets that External Secrets may read, each by its name. Their values are no part of this configuration."
  type        = set(string)
  default     = ["database-url-owner", "smtp-url"]
}

variable "registry" {
  description = "The Artifact Registry repository that the nodes may pull from; null when the images are public."
  type        = object({ location = string, repository = string })
  default     = null
}

variable "deletion_protection" {
  description = "Refuse to destroy the cluster."
  type        = bool
  default     = true
}

variable "labels" {
  description = "On every resource."
  type        = map(string)
  default     = {}
}
