// Package route53 simulates Amazon Route 53: hosted zones, their VPCs, and records.
package route53
