// Package iam simulates AWS IAM and STS: roles, policies, OIDC providers, and who may do what.
package iam
