// Package simulated runs acceptances without AWS: Pulumi's engine in this process creates the stack in the simulated
// account of the rehearsal, and check and audit read that account.
package simulated
