# Copy it to backend.hcl. The bucket is older than this configuration: versioned, with uniform access and public access
# prevented. Google locks the state while it is written.
bucket = "example-tofu-state"
prefix = "taskwake/gke"
