locals {
  # The autoscaler runs in the system pool, which it does not scale.
  pools = {
    system   = { architecture = "amd64", size = 2, ocpus = 1, memory = 8 }
    workload = { architecture = var.architecture, size = var.min_nodes, ocpus = 2, memory = 16 }
  }
  shapes   = { amd64 = "VM.Standard.E5.Flex", arm64 = "VM.Standard.A1.Flex" }
  oracle   = { amd64 = "X86_64", arm64 = "AARCH64" }
  domains  = data.oci_identity_availability_domains.all.availability_domains[*].name
  pool_ids = { for name, pool in oci_containerengine_node_pool.this : name => pool.id }
}

data "oci_identity_availability_domains" "all" {
  compartment_id = var.tenancy_id
}

data "oci_containerengine_node_pool_option" "images" {
  for_each = toset(values(local.pools)[*].architecture)

  compartment_id        = var.compartment_id
  node_pool_option_id   = oci_containerengine_cluster.this.id
  node_pool_k8s_version = var.kubernetes_version
  node_pool_os_arch     = local.oracle[each.value]
  node_pool_os_type     = "OL8"
}

resource "oci_containerengine_node_pool" "this" {
  for_each = local.pools

  compartment_id     = var.compartment_id
  cluster_id         = oci_containerengine_cluster.this.id
  name               = each.key
  kubernetes_version = var.kubernetes_version
  node_shape         = local.shapes[each.value.architecture]
  freeform_tags      = local.tags

  node_shape_config {
    ocpus         = each.value.ocpus
    memory_in_gbs = each.value.memory
  }

  # Oracle's newest image of this version; the nodes are replaced one by one when there is a newer one.
  node_source_details {
    source_type = "IMAGE"
    image_id = [
      for source in data.oci_containerengine_node_pool_option.images[each.value.architecture].sources :
      source.image_id if !strcontains(source.source_name, "GPU")
    ][0]
    boot_volume_size_in_gbs = "60"
  }

  node_config_details {
    size                                = each.value.size
    nsg_ids                             = [oci_core_network_security_group.this["nodes"].id]
    is_pv_encryption_in_transit_enabled = true
    freeform_tags                       = local.tags

    dynamic "placement_configs" {
      for_each = local.domains

      content {
        availability_domain = placement_configs.value
        subnet_id           = oci_core_subnet.this["nodes"].id
      }
    }

    node_pool_pod_network_option_details {
      cni_type          = local.cni
      pod_subnet_ids    = [oci_core_subnet.this["pods"].id]
      pod_nsg_ids       = [oci_core_network_security_group.this["pods"].id]
      max_pods_per_node = 31
    }
  }

  initial_node_labels {
    key   = "taskwake.dev/pool"
    value = each.key
  }

  node_eviction_node_pool_settings {
    eviction_grace_duration              = "PT15M"
    is_force_delete_after_grace_duration = false
  }

  node_pool_cycling_details {
    is_node_cycling_enabled = true
    maximum_surge           = "1"
    maximum_unavailable     = "0"
  }

  lifecycle {
    ignore_changes = [node_config_details[0].size]
  }
}

resource "oci_containerengine_addon" "autoscaler" {
  cluster_id                       = oci_containerengine_cluster.this.id
  addon_name                       = "ClusterAutoscaler"
  remove_addon_resources_on_delete = true

  configurations {
    key   = "authType"
    value = "workload"
  }

  configurations {
    key   = "nodes"
    value = "${var.min_nodes}:${var.max_nodes}:${local.pool_ids["workload"]}"
  }

  depends_on = [oci_identity_policy.autoscaler]
}
