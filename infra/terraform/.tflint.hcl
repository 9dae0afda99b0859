# Of tflint's own rules, all. The clouds' plugins are not used: argument names are held to the providers' schemas by a test.
plugin "terraform" {
  enabled = true
  preset  = "all"
}
