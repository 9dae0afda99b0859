terraform {
  required_version = ">= 1.9"

  required_providers {
    neon = {
      source  = "kislerdm/neon"
      version = "0.15.0"
    }
  }

  # Where the state is, says `tofu init -backend-config=backend.hcl`; backend.example.hcl shows how. The state holds the
  # owner's password. For another kind of store, put a backend block into backend_override.tf.
  backend "s3" {}
}

# NEON_API_KEY in the environment.
provider "neon" {}
