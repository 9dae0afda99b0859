locals {
  pools = {
    # Google's own pods. Everything else is kept out by the taint and goes to the other pool.
    system = {
      machine_type = "e2-standard-2"
      min_nodes    = 1
      max_nodes    = 3
      taints       = { "components.gke.io/gke-managed-components" = "true" }
    }
    workload = {
      machine_type = { amd64 = "n2-standard-4", arm64 = "t2a-standard-4" }[var.architecture]
      min_nodes    = var.min_nodes
      max_nodes    = var.max_nodes
      taints       = {}
    }
  }
}

resource "google_service_account" "nodes" {
  account_id   = "${var.name}-nodes"
  display_name = "Nodes of the cluster ${var.name}"
}

# What a node needs: to write its logs and metrics.
resource "google_project_iam_member" "nodes" {
  project = var.project_id
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes.member
}

resource "google_artifact_registry_repository_iam_member" "pull" {
  count = var.registry == null ? 0 : 1

  project    = var.project_id
  location   = var.registry.location
  repository = var.registry.repository
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.nodes.member
}

resource "google_container_node_pool" "this" {
  for_each = local.pools

  name     = each.key
  cluster  = google_container_cluster.this.id
  location = var.region

  autoscaling {
    total_min_node_count = each.value.min_nodes
    total_max_node_count = each.value.max_nodes
    location_policy      = "BALANCED"
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  upgrade_settings {
    strategy        = "SURGE"
    max_surge       = 1
    max_unavailable = 0
  }

  network_config {
    enable_private_nodes = true
  }

  node_config {
    machine_type    = each.value.machine_type
    image_type      = "COS_CONTAINERD"
    disk_type       = "pd-balanced"
    disk_size_gb    = 50
    service_account = google_service_account.nodes.email
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    labels          = { "taskwake.dev/pool" = each.key }

    metadata = {
      disable-legacy-endpoints = "true"
    }

    # Pods are handed identities of their own, and cannot ask for the node's.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    dynamic "taint" {
      for_each = each.value.taints

      content {
        key    = taint.key
        value  = taint.value
        effect = "NO_SCHEDULE"
      }
    }
  }

  lifecycle {
    ignore_changes = [initial_node_count]
  }
}
