// Package externaldns simulates ExternalDNS, and the Job that waits for the end of its records.
package externaldns
