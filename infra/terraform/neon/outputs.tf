output "project_id" {
  description = "The project, for Neon's console and command line."
  value       = neon_project.this.id
}

output "branch_id" {
  description = "The branch main."
  value       = neon_project.this.default_branch_id
}

output "host" {
  description = "The direct endpoint: for migrations, which want a session of their own."
  value       = neon_project.this.database_host
}

output "host_pooled" {
  description = "The endpoint behind PgBouncer in transaction mode: for everything else."
  value       = neon_project.this.database_host_pooler
}

output "database_url_owner" {
  description = "The owner's address at the direct endpoint: the secret database-url-owner."
  value       = "postgresql://${local.owner}@${neon_project.this.database_host}/${local.database}"
  sensitive   = true
}
