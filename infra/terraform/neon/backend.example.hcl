# Copy it to backend.hcl. The bucket is older than this configuration: versioned, encrypted and private. The state holds
# the owner's password: let nobody read it who may not have that.
bucket       = "example-tofu-state"
key          = "taskwake/neon.tfstate"
region       = "eu-central-1"
encrypt      = true
use_lockfile = true
