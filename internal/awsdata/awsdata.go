// Package awsdata holds facts of AWS and Kubernetes that more than one package needs, each with its source. It has no
// rules and imports nothing of the program.
package awsdata
