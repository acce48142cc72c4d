// Package eks simulates Amazon EKS: clusters, their endpoints, access entries and policies.
package eks
