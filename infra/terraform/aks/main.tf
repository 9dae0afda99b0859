locals {
  vm_size = { amd64 = "Standard_D4ds_v5", arm64 = "Standard_D4pds_v5" }[var.architecture]
}

resource "azurerm_user_assigned_identity" "cluster" {
  name                = "${var.name}-cluster"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
}

resource "azurerm_role_assignment" "cluster_network" {
  scope                = azurerm_virtual_network.this.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
}

resource "azurerm_kubernetes_cluster" "this" {
  #checkov:skip=CKV_AZURE_115:the API server answers the authorized ranges only; a private one could not be reached by who deploys from outside
  #checkov:skip=CKV_AZURE_117:disks are encrypted with Azure's keys, and host_encryption covers caches and temporary disks; an own disk encryption set is a policy of the subscription
  #checkov:skip=CKV_AZURE_172:secrets come by External Secrets, not by the CSI driver, so there is nothing to rotate
  name                      = var.name
  location                  = azurerm_resource_group.this.location
  resource_group_name       = azurerm_resource_group.this.name
  dns_prefix                = var.name
  kubernetes_version        = var.kubernetes_version
  sku_tier                  = "Standard"
  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel   = "NodeImage"
  local_account_disabled    = true
  oidc_issuer_enabled       = true
  workload_identity_enabled = true
  azure_policy_enabled      = true
  run_command_enabled       = false
  image_cleaner_enabled     = true

  image_cleaner_interval_hours = 48

  api_server_access_profile {
    # Its own nodes ask from the address of the NAT gateway.
    authorized_ip_ranges = concat(var.authorized_ranges, ["${azurerm_public_ip.egress.ip_address}/32"])
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    admin_group_object_ids = var.admin_group_ids
    tenant_id              = data.azurerm_client_config.current.tenant_id
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.cluster.id]
  }

  # Kubernetes' own pods. Everything else goes to the pool below.
  default_node_pool {
    name                         = "system"
    vm_size                      = "Standard_D2ds_v5"
    os_sku                       = "AzureLinux"
    os_disk_type                 = "Ephemeral"
    os_disk_size_gb              = 64
    auto_scaling_enabled         = true
    min_count                    = 2
    max_count                    = 3
    max_pods                     = 60
    zones                        = var.zones
    vnet_subnet_id               = azurerm_subnet.nodes.id
    only_critical_addons_enabled = true
    host_encryption_enabled      = var.host_encryption
    temporary_name_for_rotation  = "systemtmp"

    upgrade_settings {
      max_surge = "1"
    }
  }

  # Cilium enforces the NetworkPolicies of knative/. Pods have addresses of their own, outside of the virtual network.
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    pod_cidr            = "10.244.0.0/16"
    service_cidr        = "10.41.0.0/16"
    dns_service_ip      = "10.41.0.10"
    load_balancer_sku   = "standard"
    outbound_type       = "userAssignedNATGateway"
  }

  oms_agent {
    log_analytics_workspace_id      = azurerm_log_analytics_workspace.this.id
    msi_auth_for_monitoring_enabled = true
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    day_of_week = "Sunday"
    start_time  = "02:00"
    utc_offset  = "+00:00"
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    day_of_week = "Sunday"
    start_time  = "07:00"
    utc_offset  = "+00:00"
  }

  tags = local.tags

  depends_on = [
    azurerm_role_assignment.cluster_network,
    azurerm_subnet_nat_gateway_association.nodes,
    azurerm_nat_gateway_public_ip_association.egress,
  ]

  lifecycle {
    ignore_changes = [default_node_pool[0].node_count]

    precondition {
      condition     = var.max_nodes >= var.min_nodes
      error_message = "max_nodes is less than min_nodes."
    }
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "workload" {
  name                    = "workload"
  kubernetes_cluster_id   = azurerm_kubernetes_cluster.this.id
  mode                    = "User"
  vm_size                 = local.vm_size
  os_sku                  = "AzureLinux"
  os_disk_type            = "Ephemeral"
  os_disk_size_gb         = 128
  auto_scaling_enabled    = true
  min_count               = var.min_nodes
  max_count               = var.max_nodes
  max_pods                = 110
  zones                   = var.zones
  vnet_subnet_id          = azurerm_subnet.nodes.id
  host_encryption_enabled = var.host_encryption
  tags                    = local.tags

  upgrade_settings {
    max_surge = "1"
  }

  lifecycle {
    ignore_changes = [node_count]
  }
}

# What the nodes pull with.
resource "azurerm_role_assignment" "pull" {
  count = var.registry_id == null ? 0 : 1

  scope                = var.registry_id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
}
