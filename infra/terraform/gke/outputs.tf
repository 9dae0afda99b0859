output "cluster_name" {
  description = "For `gcloud container clusters get-credentials`."
  value       = google_container_cluster.this.name
}

output "region" {
  description = "Of the cluster."
  value       = var.region
}

output "project_id" {
  description = "Where External Secrets reads."
  value       = var.project_id
}

output "secrets_service_account" {
  description = "Who External Secrets is to Google."
  value       = google_service_account.secrets.email
}

output "egress_address" {
  description = "Where requests of the cluster come from: for the database's allow list."
  value       = google_compute_address.egress.address
}
