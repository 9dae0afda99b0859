variable "tenancy_id" {
  description = "The OCID of the tenancy, where dynamic groups live."
  type        = string

  validation {
    condition     = startswith(var.tenancy_id, "ocid1.tenancy.")
    error_message = "The OCID of a tenancy."
  }
}

variable "compartment_id" {
  description = "The OCID of the compartment that everything is made in."
  type        = string

  validation {
    condition     = can(regex("^ocid1\\.(compartment|tenancy)\\.", var.compartment_id))
    error_message = "The OCID of a compartment."
  }
}

variable "region" {
  description = "The region."
  type        = string
  default     = "eu-frankfurt-1"
}

variable "name" {
  description = "What everything is named after."
  type        = string
  default     = "taskwake"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.name))
    error_message = "2 to 12 lower-case letters and digits, beginning with a letter: it is a part of host names."
  }
}

variable "kubernetes_version" {
  description = "As Oracle offers it: `oci ce cluster-options get --cluster-option-id all`. Knative Serving 1.21 wants 1.33 at least."
  type        = string
  default     = "v1.34.1"

  validation {
    condition     = can(regex("^v1\\.(3[3-9]|[4-9][0-9])\\.[0-9]+$", var.kubernetes_version))
    error_message = "Of the form v1.34.1, and v1.33 at least."
  }
}

variable "authorized_ranges" {
  description = "From which addresses the API server answers: those of the people and machines that deploy."
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

variable "tags" {
  description = "On every resource."
  type        = map(string)
  default     = {}
}
