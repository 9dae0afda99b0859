output "cluster_id" {
  description = "For `oci ce cluster create-kubeconfig`."
  value       = oci_containerengine_cluster.this.id
}

output "region" {
  description = "Of the cluster and the vault."
  value       = var.region
}

output "vault_id" {
  description = "Where External Secrets reads."
  value       = oci_kms_vault.this.id
}

output "key_id" {
  description = "For `oci vault secret create-base64`."
  value       = oci_kms_key.this.id
}

output "load_balancer_group_id" {
  description = "The security group of Kourier's load balancer."
  value       = oci_core_network_security_group.this["load_balancers"].id
}

output "egress_address" {
  description = "Where requests of the cluster come from: for the database's allow list."
  value       = oci_core_nat_gateway.this.nat_ip
}
