// Package checkov scans the AWS resources of rehearsed stacks with Checkov, and compares its findings with those that
// docs/security.md explains.
package checkov
