// Package kms simulates AWS KMS: keys and aliases.
package kms
