locals {
  where = "request.principal.type = 'workload', request.principal.cluster_id = '${oci_containerengine_cluster.this.id}'"

  # Who External Secrets is, when it reads: infra/platform/external-secrets/oke.
  secrets_principal    = "ALL {${local.where}, request.principal.namespace = 'external-secrets', request.principal.service_account = 'taskwake-secrets', target.vault.id = '${oci_kms_vault.this.id}'}"
  autoscaler_principal = "ALL {${local.where}, request.principal.namespace = 'kube-system', request.principal.service_account = 'cluster-autoscaler'}"
  within               = "in compartment id ${var.compartment_id}"
}

# It reads the values of one vault, and cannot write.
resource "oci_identity_policy" "secrets" {
  compartment_id = var.compartment_id
  name           = "${var.name}-secrets"
  description    = "External Secrets of the cluster ${var.name} reads its vault."
  freeform_tags  = local.tags

  statements = [
    "Allow any-user to read secret-bundles ${local.within} where ${local.secrets_principal}",
    "Allow any-user to read vaults ${local.within} where ${local.secrets_principal}",
  ]
}

resource "oci_identity_policy" "autoscaler" {
  compartment_id = var.compartment_id
  name           = "${var.name}-autoscaler"
  description    = "The autoscaler of the cluster ${var.name} sizes its node pools."
  freeform_tags  = local.tags

  statements = [
    for what in [
      "manage cluster-node-pools",
      "manage instance-family",
      "use subnets",
      "read virtual-network-family",
      "use vnics",
      "inspect compartments",
    ] : "Allow any-user to ${what} ${local.within} where ${local.autoscaler_principal}"
  ]
}

resource "oci_identity_dynamic_group" "clusters" {
  compartment_id = var.tenancy_id
  name           = "${var.name}-clusters"
  description    = "The clusters of the compartment of ${var.name}."
  matching_rule  = "ALL {resource.type = 'cluster', resource.compartment.id = '${var.compartment_id}'}"
  freeform_tags  = local.tags
}

resource "oci_identity_policy" "cluster_keys" {
  compartment_id = var.compartment_id
  name           = "${var.name}-cluster-keys"
  description    = "The cluster ${var.name} encrypts its Secrets."
  freeform_tags  = local.tags

  statements = [
    "Allow dynamic-group ${oci_identity_dynamic_group.clusters.name} to use keys ${local.within} where target.key.id = '${oci_kms_key.this.id}'",
  ]
}
