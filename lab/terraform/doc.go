// Package terraform converts the AWS resources of a rehearsed stack into Terraform configuration, and checks the
// configuration with the upstream AWS provider, which Pulumi's AWS provider bridges: the provider validates every
// argument, creates the resources in moto, plans again, and deletes them.
package terraform
