// Package eks simulates Amazon EKS: clusters, their endpoints and logs, access entries and policies.
package eks
