// Package logs simulates Amazon CloudWatch Logs: log groups.
package logs
