locals {
  services = data.oci_core_services.all.services[0].cidr_block
  tcp      = "6"
  icmp     = "1"
  all      = "all"

  # What may pass, from group to group: what OKE wants of VCN-native pods, and the load balancers. `from` and `to` are
  # groups, or addresses; a rule stands at each end that is a group. Ports are TCP's.
  flows = merge(
    { for range in var.authorized_ranges : "people-${range}" => { from = range, to = "api", ports = [6443, 6443] } },
    {
      nodes_api        = { from = "nodes", to = "api", ports = [6443, 6443] }
      nodes_api_join   = { from = "nodes", to = "api", ports = [12250, 12250] }
      pods_api         = { from = "pods", to = "api", ports = [6443, 6443] }
      pods_api_join    = { from = "pods", to = "api", ports = [12250, 12250] }
      api_kubelet      = { from = "api", to = "nodes", ports = [10250, 10250] }
      api_pods         = { from = "api", to = "pods", protocol = local.all }
      nodes_pods       = { from = "nodes", to = "pods", protocol = local.all }
      pods_pods        = { from = "pods", to = "pods", protocol = local.all }
      nodes_api_mtu    = { from = "nodes", to = "api", protocol = local.icmp }
      internet_web     = { from = "0.0.0.0/0", to = "load_balancers", ports = [80, 80] }
      internet_web_tls = { from = "0.0.0.0/0", to = "load_balancers", ports = [443, 443] }
      balancers_nodes  = { from = "load_balancers", to = "nodes", ports = [30000, 32767] }
      balancers_health = { from = "load_balancers", to = "nodes", ports = [10256, 10256] }
      api_services     = { from = "api", to = local.services, protocol = local.tcp }
      nodes_services   = { from = "nodes", to = local.services, protocol = local.tcp }
      pods_services    = { from = "pods", to = local.services, protocol = local.tcp }
      nodes_internet   = { from = "nodes", to = "0.0.0.0/0", protocol = local.tcp }
      pods_internet    = { from = "pods", to = "0.0.0.0/0", protocol = local.tcp }
      too_large        = { from = "0.0.0.0/0", to = "nodes", protocol = local.icmp }
    },
  )

  egress = {
    for name, flow in local.flows : "${name}-egress" => merge(flow, { group = flow.from, peer = flow.to, direction = "EGRESS" })
    if contains(keys(local.subnets), flow.from)
  }
  ingress = {
    for name, flow in local.flows : "${name}-ingress" => merge(flow, { group = flow.to, peer = flow.from, direction = "INGRESS" })
    if contains(keys(local.subnets), flow.to)
  }
  rules = {
    for name, rule in merge(local.egress, local.ingress) : name => {
      group     = rule.group
      direction = rule.direction
      protocol  = try(rule.protocol, local.tcp)
      ports     = try(rule.ports, null)
      peer      = try(oci_core_network_security_group.this[rule.peer].id, rule.peer)
      peer_type = (
        contains(keys(local.subnets), rule.peer) ? "NETWORK_SECURITY_GROUP" :
        rule.peer == local.services ? "SERVICE_CIDR_BLOCK" : "CIDR_BLOCK"
      )
    }
  }
}

resource "oci_core_network_security_group" "this" {
  for_each = local.subnets

  compartment_id = var.compartment_id
  vcn_id         = oci_core_vcn.this.id
  display_name   = "${var.name}-${replace(each.key, "_", "-")}"
  freeform_tags  = local.tags
}

resource "oci_core_network_security_group_security_rule" "this" {
  for_each = local.rules

  network_security_group_id = oci_core_network_security_group.this[each.value.group].id
  direction                 = each.value.direction
  protocol                  = each.value.protocol
  stateless                 = false
  source                    = each.value.direction == "INGRESS" ? each.value.peer : null
  source_type               = each.value.direction == "INGRESS" ? each.value.peer_type : null
  destination               = each.value.direction == "EGRESS" ? each.value.peer : null
  destination_type          = each.value.direction == "EGRESS" ? each.value.peer_type : null

  dynamic "tcp_options" {
    for_each = each.value.ports == null ? [] : [each.value.ports]

    content {
      destination_port_range {
        min = tcp_options.value[0]
        max = tcp_options.value[1]
      }
    }
  }

  # A packet is too large for the path: the one message that everybody needs.
  dynamic "icmp_options" {
    for_each = each.value.protocol == local.icmp ? [3] : []

    content {
      type = icmp_options.value
      code = 4
    }
  }
}
