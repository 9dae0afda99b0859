data "azurerm_client_config" "current" {}

locals {
  # Unique in the world, and the same at each run.
  vault_name = "${substr(replace(var.name, "-", ""), 0, 11)}-${substr(sha256("${var.subscription_id}/${var.name}"), 0, 8)}"

  # Who External Secrets is, when it reads: infra/platform/external-secrets/aks.
  secrets_subject = "system:serviceaccount:external-secrets:taskwake-secrets"
}

resource "azurerm_key_vault" "this" {
  #checkov:skip=CKV_AZURE_189:public access is closed but for the authorized ranges; who deploys writes the secrets from there
  #checkov:skip=CKV2_AZURE_32:the nodes reach it by the service endpoint of their subnet
  name                          = local.vault_name
  location                      = azurerm_resource_group.this.location
  resource_group_name           = azurerm_resource_group.this.name
  tenant_id                     = data.azurerm_client_config.current.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = true
  tags                          = local.tags

  network_acls {
    default_action             = "Deny"
    bypass                     = "AzureServices"
    ip_rules                   = var.authorized_ranges
    virtual_network_subnet_ids = [azurerm_subnet.nodes.id]
  }
}

resource "azurerm_user_assigned_identity" "secrets" {
  name                = "${var.name}-secrets"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "secrets" {
  name                = "external-secrets"
  resource_group_name = azurerm_resource_group.this.name
  parent_id           = azurerm_user_assigned_identity.secrets.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = azurerm_kubernetes_cluster.this.oidc_issuer_url
  subject             = local.secrets_subject
}

# It reads, and cannot write.
resource "azurerm_role_assignment" "secrets" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.secrets.principal_id
}

# Who administers the cluster puts the secrets there.
resource "azurerm_role_assignment" "administrators" {
  for_each = toset(var.admin_group_ids)

  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = each.value
}
