locals {
  # Who External Secrets is, when it reads: infra/platform/external-secrets/gke.
  secrets_subject = "${var.project_id}.svc.id.goog[external-secrets/taskwake-secrets]"
}

# Each secret's place. Who deploys puts the value there: `gcloud secrets versions add`.
resource "google_secret_manager_secret" "this" {
  for_each = var.secrets

  secret_id           = each.value
  deletion_protection = true

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

resource "google_service_account" "secrets" {
  account_id   = "${var.name}-secrets"
  display_name = "External Secrets of the cluster ${var.name}"
}

# It reads these secrets, and no other.
resource "google_secret_manager_secret_iam_member" "secrets" {
  for_each = google_secret_manager_secret.this

  secret_id = each.value.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.secrets.member
}

resource "google_service_account_iam_member" "secrets" {
  service_account_id = google_service_account.secrets.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${local.secrets_subject}"

  depends_on = [google_container_cluster.this]
}
