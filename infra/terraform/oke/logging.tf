# What asks Kubernetes' API is in Oracle's audit log already. This is what passes the network.
resource "oci_logging_log_group" "this" {
  compartment_id = var.compartment_id
  display_name   = var.name
  freeform_tags  = local.tags
}

resource "oci_logging_log" "flows" {
  for_each = oci_core_subnet.this

  display_name       = "flows-${each.key}"
  log_group_id       = oci_logging_log_group.this.id
  log_type           = "SERVICE"
  is_enabled         = true
  retention_duration = 30
  freeform_tags      = local.tags

  configuration {
    compartment_id = var.compartment_id

    source {
      source_type = "OCISERVICE"
      service     = "flowlogs"
      resource    = each.value.id
      category    = "all"
    }
  }
}
