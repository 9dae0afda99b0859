terraform {
  required_version = ">= 1.9"

  required_providers {
    oci = {
      source  = "oracle/oci"
      version = "8.23.0"
    }
  }

  # Where the state is, says `tofu init -backend-config=backend.hcl`; backend.example.hcl shows how. OpenTofu reaches
  # Oracle's Object Storage by its S3 interface.
  backend "s3" {}
}

provider "oci" {
  region = var.region
}
