variable "subscription_id" {
  description = "The Azure subscription that pays."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.subscription_id))
    error_message = "A subscription's id is a UUID in lower case."
  }
}

variable "name" {
  description = "What everything is named after. A part of it goes into the key vault's name, which is unique in the world."
  type        = string
  default     = "taskwake"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,16}[a-z0-9]$", var.name))
    error_message = "3 to 18 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "location" {
  description = "The Azure region."
  type        = string
  default     = "westeurope"
}

variable "kubernetes_version" {
  description = "Major and minor; Azure keeps the patch up to date. Knative Serving 1.21 wants 1.33 at least."
  type        = string
  default     = "1.34"

  validation {
    condition     = can(regex("^1\\.(3[3-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "Of the form 1.34, and 1.33 at least."
  }
}

variable "admin_group_ids" {
  description = "The Entra ID groups whose members administer the cluster. There are no local accounts."
  type        = list(string)

  validation {
    condition     = length(var.admin_group_ids) > 0
    error_message = "Without a group nobody could administer the cluster."
  }
}

variable "authorized_ranges" {
  description = "From which addresses the API server and the key vault answer: those of the people and machines that deploy."
  type        = list(string)

  validation {
    condition     = length(var.authorized_ranges) > 0 && alltrue([for range in var.authorized_ranges : can(cidrhost(range, 0))])
    error_message = "At least one range in CIDR notation, as 203.0.113.7/32."
  }

  validation {
    condition     = alltrue([for range in var.authorized_ranges : try(tonumber(split("/", range)[1]) >= 8, false)])
    error_message = "A range wider than /8 restricts nothing."
  }
}

variable "architecture" {
  description = "Of the nodes that Taskwake runs on: amd64 or arm64. Its images are made for both."
  type        = string
  default     = "amd64"

  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "amd64 or arm64."
  }
}

variable "zones" {
  description = "The zones that the nodes are spread over."
  type        = list(string)
  default     = ["1", "2", "3"]
}

variable "min_nodes" {
  description = "So many nodes Taskwake always has. Redpanda's three brokers each want one of their own."
  type        = number
  default     = 3

  validation {
    condition     = var.min_nodes >= 3
    error_message = "At least 3."
  }
}

variable "max_nodes" {
  description = "So many nodes Taskwake has at most."
  type        = number
  default     = 6

  validation {
    condition     = var.max_nodes <= 100
    error_message = "At most 100."
  }
}

variable "host_encryption" {
  description = "Encrypt the nodes' temporary disks and caches too. The subscription needs the feature Microsoft.Compute/EncryptionAtHost."
  type        = bool
  default     = true
}

variable "registry_id" {
  description = "The resource id of the Azure Container Registry that the nodes may pull from; null when the images are public."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long the logs of the control plane are kept."
  type        = number
  default     = 90

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 730
    error_message = "30 to 730 days."
  }
}

variable "tags" {
  description = "On every resource."
  type        = map(string)
  default     = {}
}
