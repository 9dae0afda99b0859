locals {
  # An ENHANCED_CLUSTER gives pods identities of their own; a BASIC_CLUSTER does not.
  cluster_type = "ENHANCED_CLUSTER"
  cni          = "OCI_VCN_IP_NATIVE"
}

resource "oci_containerengine_cluster" "this" {
  #checkov:skip=CKV2_OCI_6:Kubernetes dropped pod security policies in 1.25; the namespace's label holds the pods to the restricted standard
  compartment_id     = var.compartment_id
  name               = var.name
  type               = local.cluster_type
  kubernetes_version = var.kubernetes_version
  vcn_id             = oci_core_vcn.this.id
  kms_key_id         = oci_kms_key.this.id
  freeform_tags      = local.tags

  # Public, and its security group lets the authorized ranges in.
  endpoint_config {
    subnet_id            = oci_core_subnet.this["api"].id
    is_public_ip_enabled = true
    nsg_ids              = [oci_core_network_security_group.this["api"].id]
  }

  cluster_pod_network_options {
    cni_type = local.cni
  }

  options {
    service_lb_subnet_ids = [oci_core_subnet.this["load_balancers"].id]

    kubernetes_network_config {
      services_cidr = "10.41.0.0/16"
    }

    add_ons {
      is_kubernetes_dashboard_enabled = false
      is_tiller_enabled               = false
    }

    persistent_volume_config {
      freeform_tags = local.tags
    }
  }

  depends_on = [oci_identity_policy.cluster_keys]

  lifecycle {
    precondition {
      condition     = var.max_nodes >= var.min_nodes
      error_message = "max_nodes is less than min_nodes."
    }
  }
}
