// Package logs simulates Amazon CloudWatch Logs: log groups, and the logs of control planes.
package logs
