output "cluster_name" {
  description = "For `az aks get-credentials`."
  value       = azurerm_kubernetes_cluster.this.name
}

output "resource_group_name" {
  description = "For `az aks get-credentials`."
  value       = azurerm_resource_group.this.name
}

output "key_vault_uri" {
  description = "Where External Secrets reads."
  value       = azurerm_key_vault.this.vault_uri
}

output "key_vault_name" {
  description = "For `az keyvault secret set`."
  value       = azurerm_key_vault.this.name
}

output "tenant_id" {
  description = "Of Entra ID, where External Secrets says who it is."
  value       = data.azurerm_client_config.current.tenant_id
}

output "secrets_identity_client_id" {
  description = "Who External Secrets is to Azure."
  value       = azurerm_user_assigned_identity.secrets.client_id
}

output "egress_address" {
  description = "Where requests of the cluster come from: for the database's allow list."
  value       = azurerm_public_ip.egress.ip_address
}
