"""A CDKTF project on this machine: its program, and the Terraform, provider and Node.js that it runs on."""
