# Copy it to backend.hcl. The storage account is older than this configuration: versioned, without public access, and
# open by Entra ID only. Azure locks the state while it is written.
resource_group_name  = "tofu-state"
storage_account_name = "examplestate"
container_name       = "tofu"
key                  = "taskwake/aks.tfstate"
use_azuread_auth     = true
