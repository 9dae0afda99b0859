# Copy it to backend.hcl. The bucket is older than this configuration: versioned and private. The environment holds a
# customer secret key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Nothing locks the state: one person applies at a time.
bucket    = "example-tofu-state"
key       = "taskwake/oke.tfstate"
region    = "eu-frankfurt-1"
endpoints = { s3 = "https://example-namespace.compat.objectstorage.eu-frankfurt-1.oraclecloud.com" }

use_path_style              = true
skip_region_validation      = true
skip_credentials_validation = true
skip_requesting_account_id  = true
skip_metadata_api_check     = true
skip_s3_checksum            = true
